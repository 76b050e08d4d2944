"""Controls of the SO2 twin: what yearbooks print of population, output, industry, cities, loans and budgets.

Each control follows a national path, a level of the city that is tied to its development (east, coast, zone), and a
persistent deviation. Nothing here depends on the treatment's timing beyond the level: controls are not affected by it.
The printed figures are rounded as a yearbook rounds them, and the ratios are computed from the rounded figures.
"""

from __future__ import annotations

from functools import cache
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from helpers.simulate import noise
from helpers.simulate.city_sulfur_sample import CONTROLS, TWIN, YEARS, load_sample
from helpers.simulate.parameters import load_parameters
from helpers.simulate.worlds import stream

Array = NDArray[np.float64]
LOGIT = ("secondary_share", "urban_share")


def normal_scores(values: Array) -> Array:
    """Return the standard normal quantiles of equal parts in the order of the values: ranks kept, shape fixed."""
    return _fixed_quantiles(len(values))[np.argsort(np.argsort(values, kind="stable"), kind="stable")]


@cache
def _fixed_quantiles(count: int) -> Array:
    normal = NormalDist()
    return np.array([normal.inv_cdf((place + 0.5) / count) for place in range(count)])


def quantiles(generator: np.random.Generator, count: int) -> Array:
    """Return the standard normal quantiles of `count` equal parts, in random order.

    Drawing without replacement from fixed quantiles leaves who has which value to chance and the distribution not.
    """
    return _fixed_quantiles(count)[generator.permutation(count)]


def stretched(levels: Array, below: float, above: float) -> Array:
    """Stretch (or, with a negative share, compress) what lies beyond two standard deviations."""
    return levels + above * np.maximum(levels - 2, 0) - below * np.maximum(-levels - 2, 0)


def development(draw: int) -> Array:
    """Return the development of each city: richer in the east, on the coast, and where zones came early."""
    sample, weights = load_sample(), load_parameters(TWIN)["development"]
    cities, cohort = sample.cities, sample.cohort
    score = weights["east"] * cities["region4"].eq("east") + weights["coast"] * cities["coastal_city"]
    score = score + weights["early_zone"] * (cohort <= 2018) + weights["late_zone"] * (cohort > 2018)
    own = quantiles(stream(TWIN, draw, "development"), len(cities))
    return noise.standardised(score.to_numpy(dtype=float) + weights["own"] * own)


def printed_statistics(draw: int) -> dict[str, Array]:
    """Return what the yearbooks print, shape (cities, years), rounded as they do.

    ``population`` (10^4 persons), ``gdp`` (10^8 yuan), ``secondary`` and ``urban`` (percent), ``loans`` and
    ``expenditure`` (10^8 yuan).
    """
    values, population = latent(draw), np.round(_population(draw), 2)
    gdp = np.round(values["gdp_per_capita"] * population, 2)
    return {
        "population": population,
        "gdp": gdp,
        "secondary": np.round(values["secondary_share"], 2),
        "urban": np.round(100 * values["urban_share"], 2),
        "loans": np.round(values["loans_to_gdp"] * gdp, 2),
        "expenditure": np.round(values["fiscal_share"] * gdp, 2),
    }


def controls_from(statistics: dict[str, Array]) -> dict[str, Array]:
    """Compute the five controls of Table 2 from the printed statistics, rounded as the panel stores them."""
    return {
        "gdp_per_capita": np.round(statistics["gdp"] / statistics["population"], 4),
        "secondary_share": statistics["secondary"],
        "urban_share": np.round(statistics["urban"] / 100, 4),
        "loans_to_gdp": np.round(statistics["loans"] / statistics["gdp"], 4),
        "fiscal_share": np.round(statistics["expenditure"] / statistics["gdp"], 4),
    }


def latent(draw: int) -> dict[str, Array]:
    """Return the five controls before rounding, shape (cities, years)."""
    settings, cities = load_parameters(TWIN), load_sample().cities
    level = development(draw)
    values = {}
    for name in CONTROLS:
        generator = stream(TWIN, draw, f"control {name}")
        tie = settings["tied_to_development"][name]
        own = quantiles(generator, len(cities))
        if name == "secondary_share":
            own = own + settings["resource_industry"] * cities["resource_based"].to_numpy()
        if name == "fiscal_share":
            own = own + settings["tibet_fiscal"] * cities["province_zh"].eq("西藏自治区").to_numpy()
        between = normal_scores(tie * level + np.sqrt(1 - tie**2) * noise.standardised(own))
        between = stretched(between, *settings["tails"][name])
        within = noise.autoregressive(
            generator, len(cities), len(YEARS), settings["controls_persistence"], settings["spread_within"][name]
        )
        path = np.array(settings["paths"][name], dtype=float)
        deviation = settings["spread_between"][name] * between[:, None] + within
        values[name] = _around(name, path, deviation, settings["fiscal_floor"])
    urban = cities["adcode"].isin(settings["wholly_urban"]).to_numpy()
    values["urban_share"] = np.where(urban[:, None], 1.0, values["urban_share"])
    return values


def _around(name: str, path: Array, deviation: Array, floor: float) -> Array:
    if name in LOGIT:
        top = 100.0 if name == "secondary_share" else 1.0
        odds = path / (top - path) * np.exp(deviation)
        return top * odds / (1 + odds)
    if name == "fiscal_share":
        return floor + (path - floor) * np.exp(deviation)
    return path * np.exp(deviation)


def _population(draw: int) -> Array:
    growth, cities = load_parameters(TWIN)["population_growth"], load_sample().cities
    own = quantiles(stream(TWIN, draw, "population"), len(cities))
    rate = cities["region4"].map(growth).to_numpy(dtype=float) + growth["spread"] * own
    last = np.minimum(cities["last_year"].to_numpy(), 2020)
    return cities["population_2020"].to_numpy()[:, None] / 1e4 * np.exp(rate[:, None] * (YEARS - last[:, None]))
