"""Raw numbers behind the panel, rounded as yearbooks print them, and the panel they give back."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.simulate.province_exports_accounts import BENCHMARKS, FUELS, SECTORS, Accounts, primary_share
from helpers.simulate.province_exports_sample import TWIN, YEARS, parameters, population, provinces
from helpers.simulate.worlds import stream

Array = NDArray[np.float64]
#: Columns of ``parts["province_years"]`` with their units.
UNITS = {
    "population": "10^4 persons",
    "gdp": "10^8 yuan, current prices",
    "primary": "10^8 yuan",
    "secondary": "10^8 yuan",
    "tertiary": "10^8 yuan",
    "trade": "1,000 US dollars",
    "capital": "10^8 yuan",
    "total_energy": "10^4 t of standard coal",
    "productivity": "index, lowest province-year = 1",
    "broadband_users": "10^4 households",
    "it_employment": "10^4 persons",
    "urban_employment": "10^4 persons",
    "telecom_volume": "10^8 yuan",
    "mobile_penetration": "per 100 persons",
    "inclusive_finance": "index",
}


def exchange_rates() -> Array:
    """Return yuan per US dollar of every year."""
    return np.array(parameters()["exchange_rates"])


def macro_numbers(draw: int, controls: Mapping[str, Array], indicators: Mapping[str, Array]) -> dict[str, Array]:
    """Turn controls and digital indicators into the levels that yearbooks print, rounded."""
    people = population(draw)
    gdp = np.round(np.exp(controls["ln_gdp_per_capita"]) * people, 2)
    rate = stream(TWIN, draw, "urban employment").normal(0.12, 0.015, (len(provinces()), 1))
    urban = np.round(people * np.maximum(rate, 0.06) * np.linspace(1, 1.2, len(YEARS)), 2)
    return {
        "population": people,
        "gdp": gdp,
        "trade": np.round(np.exp(controls["ln_openness"]) * gdp * 1e5 / exchange_rates()),
        "capital": np.round(np.exp(controls["ln_capital_intensity"]) * people, 2),
        "broadband_users": np.round(indicators["broadband_per_100"] * people / 100, 2),
        "it_employment": np.round(indicators["it_employment_share"] * urban / 100, 3),
        "urban_employment": urban,
        "telecom_volume": np.round(indicators["telecom_per_head"] * people / 1e4, 2),
        "mobile_penetration": np.round(indicators["mobile_penetration"], 2),
        "inclusive_finance": np.round(indicators["inclusive_finance"], 2),
    }


def digital_columns(raw: Mapping[str, Array]) -> dict[str, Array]:
    """Return the five digital indicators as the rounded levels give them."""
    return {
        "broadband_per_100": raw["broadband_users"] / raw["population"] * 100,
        "it_employment_share": raw["it_employment"] / raw["urban_employment"] * 100,
        "telecom_per_head": raw["telecom_volume"] / raw["population"] * 1e4,
        "mobile_penetration": raw["mobile_penetration"],
        "inclusive_finance": raw["inclusive_finance"],
    }


def mediator_numbers(draw: int, gdp: Array, structure: Array, technology: Array) -> dict[str, Array]:
    """Split GDP into three sectors with the wanted ratio of tertiary to secondary; productivity as an index."""
    primary = np.round(gdp * primary_share(draw), 2)
    secondary = np.round((gdp - primary) / (1 + np.exp(structure)), 2)
    return {
        "primary": primary,
        "secondary": secondary,
        "tertiary": np.round(gdp - primary - secondary, 2),
        "productivity": np.round(np.exp(technology), 5),
    }


def log_columns(raw: Mapping[str, Array], accounts: Accounts) -> dict[str, Array]:
    """Return outcome, controls and mediators as the rounded levels and accounts give them, in logs."""
    trade = raw["trade"] * exchange_rates() / 1e5  # 1,000 dollars to 10^8 yuan
    return {
        "ln_export_carbon_intensity": np.log(accounts.intensity),
        "ln_gdp_per_capita": np.log(raw["gdp"] / raw["population"]),
        "ln_openness": np.log(trade / raw["gdp"]),
        "ln_energy_structure": np.log(accounts.coal_share),
        "ln_capital_intensity": np.log(raw["capital"] / raw["population"]),
        "ln_industrial_structure": np.log(raw["tertiary"] / raw["secondary"]),
        "ln_technology": np.log(raw["productivity"]),
    }


@cache
def _keys() -> dict[str, NDArray]:
    table = provinces()
    each = {
        name: np.repeat(table[name].to_numpy(), len(YEARS)) for name in ("adcode", "province", "province_zh", "region3")
    }
    return each | {"year": np.tile(np.array(YEARS), len(table))}


def panel_frame(columns: Mapping[str, Array]) -> pd.DataFrame:
    """Lay arrays of shape (province, year) out as a panel with names and region."""
    keys = dict(_keys())
    region = keys.pop("region3")
    first = {name: keys[name] for name in ("adcode", "year", "province", "province_zh")}
    flat = {name: np.asarray(values).ravel() for name, values in columns.items()}
    return pd.DataFrame(first | flat | {"region3": region})


def parts(raw: Mapping[str, Array], accounts: Accounts) -> dict[str, pd.DataFrame]:
    """Return what the raw files are written from: levels, output and exports, fuels, input-output flows."""
    codes = provinces()["adcode"].to_numpy()
    levels = panel_frame({name: raw[name] for name in UNITS if name in raw} | {"total_energy": accounts.total_energy})
    grid = _long(("adcode", codes), ("year", YEARS), ("sector", SECTORS))
    sectors = pd.DataFrame(grid | {"output": accounts.output.ravel(), "exports": accounts.exports.ravel()})
    fuels = pd.DataFrame(grid | dict(zip(FUELS, accounts.fuels.reshape(-1, len(FUELS)).T, strict=True)))
    grid = _long(("adcode", codes), ("year", BENCHMARKS), ("sector", SECTORS))
    flows = dict(zip(SECTORS, accounts.flows.reshape(-1, len(SECTORS)).T, strict=True))
    flows = pd.DataFrame(grid | flows | {"output": accounts.benchmark_output.ravel()})
    return {"province_years": levels, "sectors": sectors, "fuels": fuels, "flows": flows}


def _long(*keys: tuple[str, object]) -> dict[str, NDArray]:
    """Return the grid of all keys, the last one moving fastest."""
    grids = np.meshgrid(*[np.arange(len(values)) for _, values in keys], indexing="ij")
    return {name: np.asarray(values)[grid.ravel()] for (name, values), grid in zip(keys, grids, strict=True)}
