"""Who is in the twin of the province exports: 30 real provinces, their regions, people and neighbours."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers import datasets
from helpers.simulate.noise import autoregressive, standardised
from helpers.simulate.parameters import Parameters, load_parameters
from helpers.simulate.worlds import stream

TWIN = "province_exports"
YEARS = tuple(range(2008, 2021))
TIBET = 540000


@cache
def parameters() -> Parameters:
    """Return the parameters of this twin."""
    return load_parameters(TWIN)


@cache
def provinces() -> pd.DataFrame:
    """Return the 30 provinces without Tibet: names, regions, people in 2020 (10^4, census), seat of government."""
    table = datasets.load_provinces()
    table = table[table["adcode"] != TIBET].reset_index(drop=True)
    people = datasets.load_census_population()
    people = people["population"].groupby(people["adcode"] // 10000 * 10000).sum() / 1e4
    seats = datasets.load_prefectures().set_index("adcode")[["lat", "lon"]]
    capital = [code if code in seats.index else code + 100 for code in table["adcode"]]
    where = seats.loc[capital].reset_index(drop=True)
    return table.assign(population=table["adcode"].map(people).to_numpy(), lat=where["lat"], lon=where["lon"])


@cache
def neighbour_weights() -> NDArray[np.float64]:
    """Return weights of neighbours, one over the distance between capitals (km), rows sum to one."""
    table = provinces()
    lat, lon = np.radians(table["lat"].to_numpy()), np.radians(table["lon"].to_numpy())
    half = np.sin((lat[:, None] - lat) / 2) ** 2
    half = half + np.cos(lat[:, None]) * np.cos(lat) * np.sin((lon[:, None] - lon) / 2) ** 2
    distance = 2 * 6371.0 * np.arcsin(np.sqrt(half))
    weights = np.where(distance > 0, 1 / np.where(distance > 0, distance, 1.0), 0.0)
    return weights / weights.sum(axis=1, keepdims=True)


def development(draw: int) -> NDArray[np.float64]:
    """Draw how developed each province is (mean 0, standard deviation 1): its real region, and luck.

    East is ahead of the centre and the centre of the west, municipalities are ahead of their region.
    """
    luck = stream(TWIN, draw, "development").standard_normal(len(provinces()))
    return standardised(_real_place() + 0.6 * luck)


@cache
def _real_place() -> NDArray[np.float64]:
    table = provinces()
    region = table["region3"].map({"east": 0.9, "central": -0.3, "west": -0.7}).to_numpy(dtype=float)
    return region + 0.9 * table["adcode"].isin([110000, 120000, 310000, 500000]).to_numpy(dtype=float)


def population(draw: int) -> NDArray[np.float64]:
    """Draw population (10^4 persons): the census of 2020, and a steady growth before it, faster where developed."""
    table = provinces()
    rate = 0.004 + 0.004 * development(draw) + 0.002 * stream(TWIN, draw, "population").standard_normal(len(table))
    years = np.array(YEARS) - 2020
    return np.round(table["population"].to_numpy()[:, None] * np.exp(rate[:, None] * years[None, :]))


def province_year(
    draw: int,
    name: str,
    *,
    on_development: float = 0.0,
    shift: NDArray[np.float64] | float = 0.0,
    trend: float = 0.0,
    trend_inequality: float = 0.0,
    noise: float = 0.3,
    persistence: float = 0.7,
) -> NDArray[np.float64]:
    """Draw a latent variable of every province-year: province effect, trends and persistent noise.

    The province effects have standard deviation 1 (correlation `on_development` with development, plus `shift`); the
    trends are changes from the first year to the last, `noise` the standard deviation of the disturbances.
    """
    generator = stream(TWIN, draw, name)
    units, periods = len(provinces()), len(YEARS)
    time = np.linspace(-0.5, 0.5, periods)
    own = generator.standard_normal(units)
    effect = on_development * development(draw) + np.sqrt(1 - on_development**2) * own + shift
    slopes = trend + trend_inequality * generator.standard_normal(units)
    return effect[:, None] + slopes[:, None] * time + autoregressive(generator, units, periods, persistence, noise)


def scaled(latent: NDArray[np.float64], mean: float, spread: float) -> NDArray[np.float64]:
    """Return the latent variable with the given mean and sample standard deviation (n - 1, as programs print it)."""
    units = latent.size
    return mean + spread * standardised(latent) * np.sqrt((units - 1) / units)
