"""The outcome of the city-carbon twin: city levels, effects of the zones, and what the switches break.

Equation 1 of Wang et al. (2025) holds exactly: city effect, year effect, treatment, five controls, a disturbance. In
the printed world the effect differs between cities and part of it runs through four mediators.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from helpers.simulate import noise
from helpers.simulate.city_carbon_controls import TWIN, designated, geography
from helpers.simulate.city_carbon_sample import YEARS, load_sample
from helpers.simulate.parameters import load_parameters
from helpers.simulate.worlds import stream

Array = NDArray[np.float64]
MEDIATORS = {
    "digital": "digital_infrastructure",
    "environment": "ln_business_environment",
    "low": "specialisation_low",
    "high": "specialisation_high",
}
#: Provinces with district heating as a rule (assumption of the accounts: heat only here).
NORTH = ("13", "14", "15", "21", "22", "23", "37", "41", "61", "62", "63", "64", "65")
EARTH = 6371.0


@cache
def normal_scores(count: int) -> Array:
    """Return the normal quantiles of ranks 1 to `count`."""
    law = NormalDist()
    return np.array([law.inv_cdf((rank + 0.5) / count) for rank in range(count)])


def is_north() -> NDArray[np.bool_]:
    """Return whether each city lies in a province with district heating."""
    return load_sample().cities["adcode"].astype(str).str[:2].isin(NORTH).to_numpy()


def city_levels(draw: int, income: Array) -> tuple[Array, Array]:
    """Draw the mean intensity of each city: a fixed skewed set of values, handed out by a ranking.

    Parameters
    ----------
    draw : int
    income : array
        City effect of GDP per head, standardised.

    Returns
    -------
    tuple of array
        The levels, and the normal score of each city's rank.
    """
    sample, p = load_sample(), load_parameters(TWIN)
    weights, cities = p["city_score"], sample.cities
    score = (
        weights["designated"] * designated(sample)
        + weights["pearl"] * cities["agglomeration"].eq("PRD").to_numpy(dtype=float)
        + weights["resource"] * geography(sample)["resource"]
        + weights["north"] * is_north()
        + weights["income"] * income
        + weights["noise"] * stream(TWIN, draw, "city level").standard_normal(len(cities))
    )
    scores = np.empty(len(cities))
    scores[np.argsort(score, kind="stable")] = normal_scores(len(cities))
    treated_share = float(sample.treated.mean())
    mean = p["constant_without_controls"] + (p["effect_without_controls"] - p["effect"]) * treated_share
    return mean + p["city_spread"] * noise.standardised(np.exp(p["city_skew"] * scores)), scores


def relative_spread(levels: Array) -> Array:
    """Return how much a city moves against the mean city: in proportion to its level above a floor, capped."""
    rule = load_parameters(TWIN)["disturbance"]
    return np.minimum((levels - rule["floor"]) / (levels.mean() - rule["floor"]), rule["most"])


@cache
def printed_effects() -> Array:
    """Return one effect a city for the printed world.

    Additive effects of region, Pearl delta and size are raked until the averages over treated rows equal five pinned
    cells of Tables 5 and 7 and the one assumed for the Pearl delta. Designated or not, every city has one: what a zone
    would do there.
    """
    sample, p = load_sample(), load_parameters(TWIN)
    cities, rows = sample.cities, load_sample().treated.sum(axis=1)
    groups = {region: cities["region4"].eq(region) for region in ("east", "central", "west", "northeast")}
    groups |= {"pearl": cities["agglomeration"].eq("PRD"), "large": cities["large_city"].eq(1)}
    members = {name: group.to_numpy() for name, group in groups.items()}
    effect = np.zeros(len(cities))
    for _ in range(2000):
        before = effect.copy()
        for name, inside in members.items():
            effect[inside] += p[f"effect_{name}"] - (effect * rows)[inside].sum() / rows[inside].sum()
        if np.abs(effect - before).max() < 1e-10:
            break
    return effect


@cache
def exposure_to_neighbours() -> Array:
    """Return for each city and year the sum over treated cities of exp(-distance / 100 km), at most 1."""
    sample = load_sample()
    lat, lon = (np.radians(sample.cities[name].to_numpy(dtype=float)) for name in ("lat", "lon"))
    half = (
        np.sin((lat[:, None] - lat[None, :]) / 2) ** 2
        + np.cos(lat)[:, None] * np.cos(lat)[None, :] * np.sin((lon[:, None] - lon[None, :]) / 2) ** 2
    )
    near = np.exp(-2 * EARTH * np.arcsin(np.sqrt(half)) / 100.0)
    np.fill_diagonal(near, 0.0)
    weights = (near[:, :, None] * sample.treated[None, :, :]).sum(axis=1)
    return np.minimum(weights, 1.0).round(6)


def scale_of_effect(switches: Mapping[str, float]) -> Array:
    """Return by how much the effect of a zone is multiplied in each treated city-year (0 where untreated)."""
    sample = load_sample()
    cohort = sample.cities["cohort"].to_numpy()[:, None]
    scale = sample.treated.copy()
    if "growing_effects" in switches:
        exposure = np.clip(np.array(YEARS)[None, :] - cohort, 0, 3)
        scale = scale * (1 + switches["growing_effects"] * exposure)
    if "cohort_effects" in switches:
        scale = scale * np.where(cohort <= 2018, 1 + switches["cohort_effects"], 1 - switches["cohort_effects"])
    return np.zeros_like(scale) if "no_effect" in switches else scale


def early_reaction(switches: Mapping[str, float], effect: Array) -> Array:
    """Return the reaction before the approval: a share of the effect the year before, half of it two years before."""
    sample = load_sample()
    ahead = sample.cities["cohort"].to_numpy()[:, None] - np.array(YEARS)[None, :]
    size = 0.0 if "no_effect" in switches else switches.get("anticipation", 0.0)
    return size * effect[:, None] * ((ahead == 1) + 0.5 * (ahead == 2))


def spillover(switches: Mapping[str, float], effect: float) -> Array:
    """Return what untreated cities feel of treated neighbours: a share of the mean effect, falling with distance."""
    size = 0.0 if "no_effect" in switches else switches.get("spillover", 0.0)
    return size * effect * exposure_to_neighbours() * (1 - load_sample().treated)


def disturbances(draw: int, levels: Array, switches: Mapping[str, float], propensity: Array) -> Array:
    """Draw everything in the outcome that treatment does not cause: year effects, disturbances, broken assumptions."""
    sample, p = load_sample(), load_parameters(TWIN)
    rule, host, year = p["disturbance"], designated(sample), np.array(YEARS)
    spread = relative_spread(levels)
    spread = rule["spread"] * spread / np.sqrt((spread**2).mean())
    shocks = noise.autoregressive(stream(TWIN, draw, "disturbance"), len(host), len(YEARS), rule["persistence"])
    result = np.clip(shocks, -2.5, 2.5) * spread[:, None]
    common = stream(TWIN, draw, "year effect").standard_normal(len(YEARS)) * p["year_noise"]
    result = result + (p["year_slope"] * (year - year.mean()) + common - common.mean())[None, :]
    if "diverging_trends" in switches:
        result = result + switches["diverging_trends"] * host[:, None] * (year - year.mean())[None, :]
    if "selection" in switches:
        gap = np.abs(year[None, :] - sample.cities["cohort"].to_numpy()[:, None] + 1)
        result = result + switches["selection"] * (host * spread)[:, None] * rule["persistence"] ** gap
    if "common_shock" in switches:
        result = result + switches["common_shock"] * np.clip(propensity, -2, 2)[:, None] * (year == 2020)[None, :]
    return result
