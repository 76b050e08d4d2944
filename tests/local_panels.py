"""Small panels in the schema of each paper, for the tests of the local door: real places, drawn numbers."""

import numpy as np
import pandas as pd

from helpers import datasets
from helpers.study_schemas import PAPERS


def small_panel(paper: str, units: int = 6, years: range = range(2014, 2019)) -> pd.DataFrame:
    """Draw a panel that keeps every rule of the schema; half of the units are treated from 2016."""
    is_province = paper == "province_exports"
    places = datasets.load_provinces() if is_province else datasets.load_prefectures()
    places = places.iloc[:: len(places) // units].head(units)
    rows = places.loc[places.index.repeat(len(years))].reset_index(drop=True)
    rows["year"] = np.tile(list(years), len(places))
    generator = np.random.default_rng(1)
    panel = {}
    for one in PAPERS[paper]:
        if one.name in rows:
            panel[one.name] = rows[one.name]
        elif one.name == "city":
            panel[one.name] = rows["name_zh"]
        elif one.name == "municipality":
            panel[one.name] = rows["type"].eq("直辖市").astype("int64")
        elif one.name == "treated":
            panel[one.name] = (rows["year"].ge(2016) & (rows.index // len(years) % 2 == 0)).astype("int64")
        elif one.name == "agglomeration":
            panel[one.name] = np.where(rows.index // len(years) == 1, "YRD", "")
        elif one.type == "flag":
            panel[one.name] = (rows.index // len(years) % 2).astype("int64")
        else:
            low, high = max(one.low, -3), min(one.high, 90)
            panel[one.name] = np.round(generator.uniform(low, high, len(rows)), 4)
    return pd.DataFrame(panel)


def local_csv(panel: pd.DataFrame, **options) -> bytes:
    """Write a panel as a reader's file."""
    return panel.to_csv(index=False, lineterminator="\n", **options).encode("utf-8")
