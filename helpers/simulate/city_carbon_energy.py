r"""Bottom-up accounts of the city-carbon twin: six energy carriers whose CO2 sums to intensity times real output.

.. math:: CO2_{it} = \sum_k f_{ik} E_{ikt}, \qquad CEE_{it} = CO2_{it} / Y_{it}

Electricity is counted with the official factor of the province for 2023, held constant over all years: an assumption,
and part of the known truth. Fuels are counted with default values of the IPCC.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers import datasets
from helpers.simulate import noise
from helpers.simulate.city_carbon_controls import TWIN
from helpers.simulate.city_carbon_outcome import is_north
from helpers.simulate.city_carbon_sample import YEARS, load_sample
from helpers.simulate.parameters import load_parameters
from helpers.simulate.worlds import stream

Array = NDArray[np.float64]
UNITS = {
    "electricity": "10^4 kWh",
    "natural_gas": "10^4 m3",
    "lpg": "t",
    "petrol": "t",
    "diesel": "t",
    "heat": "10^4 GJ",
}


@cache
def _fuel_factors() -> dict[str, float]:
    p, fuels = load_parameters(TWIN), datasets.load_fuel_factors().set_index("fuel")
    coal = fuels.loc["other bituminous coal", "carbon_content"] * 44 / 12 / 1000
    return {
        "natural_gas": float(fuels.loc["natural gas", "co2_factor"] * p["gas_density"] * 10),
        "lpg": float(fuels.loc["liquefied petroleum gas", "co2_factor"]),
        "petrol": float(fuels.loc["motor gasoline", "co2_factor"]),
        "diesel": float(fuels.loc["gas/diesel oil", "co2_factor"]),
        "heat": float(coal / p["boiler_efficiency"] * 10_000),
    }


def factors() -> pd.DataFrame:
    """Return t CO2 per unit of each carrier, one row a city (index: adcode; units in :data:`UNITS`)."""
    cities = load_sample().cities.set_index("adcode")
    table = pd.DataFrame({"electricity": cities["electricity_factor"] * 10}, index=cities.index)
    return table.assign(**_fuel_factors())


def draw_energy(draw: int, co2: Array) -> dict[str, Array]:
    """Split CO2 (tonnes, shape cities x years) over carriers and turn each part into a quantity of energy.

    Returns
    -------
    dict of str to array
        Quantities in the units of :data:`UNITS`; their CO2 sums to `co2`.
    """
    p, factor = load_parameters(TWIN), factors()
    rule = p["energy_noise"]
    parts = {}
    for name, share in p["energy_shares"].items():
        generator = stream(TWIN, draw, f"energy: {name}")
        between = rule["between"] * generator.standard_normal(len(co2))[:, None]
        moves = noise.autoregressive(generator, *co2.shape, rule["persistence"], rule["within"])
        parts[name] = share * np.exp(between + moves)
    parts["heat"] = parts["heat"] * is_north()[:, None]
    total = sum(parts.values())
    return {name: part / total * co2 / factor[name].to_numpy()[:, None] for name, part in parts.items()}


def draw_population(draw: int, host: Array) -> Array:
    """Draw resident population (10^4 persons): the census of 2020, carried back and forward by a growth rate."""
    rule, census = load_parameters(TWIN)["growth_of_population"], load_sample().cities["population_2020"].to_numpy()
    growth = rule["mean"] + (rule["designated"] - rule["mean"]) * host
    growth = growth + rule["spread"] * stream(TWIN, draw, "growth of population").standard_normal(len(census))
    return np.round(census[:, None] / 10_000 * np.exp(growth[:, None] * (np.array(YEARS) - 2020)[None, :]), 2)


def draw_price_indices(draw: int) -> pd.DataFrame:
    """Draw the price index of output by province, previous year = 100 with one digit (index: province_zh)."""
    rule = load_parameters(TWIN)["deflator"]
    provinces = sorted(load_sample().cities["province_zh"].unique())
    generator = stream(TWIN, draw, "prices")
    nation = rule["mean"] + rule["spread"] * generator.standard_normal(len(YEARS))
    change = nation[None, :] + rule["province"] * generator.standard_normal((len(provinces), len(YEARS)))
    return pd.DataFrame(np.round(100 * np.exp(change), 1), index=pd.Index(provinces, name="province_zh"), columns=YEARS)
