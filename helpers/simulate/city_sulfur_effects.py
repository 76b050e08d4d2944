"""Effects of the SO2 twin: what a pilot zone does in each base world, and what each switch breaks.

All arrays have the shape (cities, years). An effect is what the zone adds to the outcome of a city-year, so nothing
here needs an outcome. The treatment is an argument: the truth is computed by running the world with and without it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import numpy as np
from numpy.typing import NDArray

from helpers.simulate import noise
from helpers.simulate.city_sulfur_sample import TWIN, YEARS, load_sample
from helpers.simulate.parameters import load_parameters
from helpers.simulate.worlds import stream

Array = NDArray[np.float64]

#: What the size of each switch means in this twin.
SWITCHES: dict[str, str] = {
    "growing_effects": "each further year of exposure adds this share of the first year's effect",
    "cohort_effects": "zones up to 2018 have the effect times 1 + size, later ones times 1 - size",
    "anticipation": "share of the effect in the year before the approval; half of it two years before",
    "diverging_trends": "10^4 t by which treated cities fall each year from 2005 on without any zone",
    "spillover": "share of the average effect that an untreated city beside a zone would have; it fades with distance",
    "selection": "10^4 t above normal in the year before the approval (less in earlier years), gone afterwards",
    "confounded_mediator": "standard deviations of an unseen cause that raises patents and lowers SO2",
    "common_shock": "10^4 t by which all large cities fall in 2020 alone",
    "no_effect": "share of every effect that is taken away",
}
DEFAULT_SIZES: dict[str, float] = {
    "growing_effects": 0.15,
    "cohort_effects": 0.5,
    "anticipation": 0.4,
    "diverging_trends": 0.1,
    "spillover": 0.5,
    "selection": 2.0,
    "confounded_mediator": 1.0,
    "common_shock": 2.0,
    "no_effect": 1.0,
}


@cache
def average_effects(base: str) -> Array:
    """Return the effect of a zone on SO2 (10^4 t) for each city, before any switch; read only."""
    settings, sample = load_parameters(TWIN), load_sample()
    if base == "plain":
        effects = np.full(len(sample.cities), float(settings["effect"]))
    else:
        ratios, cities = settings["effect_ratios"], sample.cities
        relative = np.where(cities["resource_based"] == 1, ratios["resource_based"], 1.0)
        relative = relative * np.where(cities["large_city"] == 0, ratios["small"], 1.0)
        relative = relative * np.where(sample.cohort >= 2020, ratios["late"], 1.0)
        relative = relative * np.where(cities["municipality"] == 1, ratios["municipality"], 1.0)
        rows = (sample.treated * sample.complete).sum(axis=1)
        effects = np.zeros(len(cities))
        for region, effect in settings["effect_by_region"].items():
            own = cities["region4"].eq(region).to_numpy()
            effects[own] = effect * relative[own] * rows[own].sum() / (relative * rows)[own].sum()
    effects.flags.writeable = False
    return effects


def effects_on_so2(base: str, switches: Mapping[str, float], treated: Array) -> Array:
    """Return what the zones add to SO2 where they stand, everything included (10^4 t)."""
    sample, size = load_sample(), switches.get
    of_city = average_effects(base)[:, None] * (1 - size("no_effect", 0.0))
    spread = size("cohort_effects", 0.0)
    of_city = of_city * np.where(sample.cohort <= 2018, 1 + spread, 1 - spread)[:, None]
    since = np.where(np.isnan(sample.cohort)[:, None], 0.0, YEARS - np.nan_to_num(sample.cohort)[:, None])
    growth = 1 + size("growing_effects", 0.0) * np.maximum(since, 0.0)
    early = size("anticipation", 0.0) * ((since == -1) + 0.5 * (since == -2)) * (treated.sum(axis=1) > 0)[:, None]
    return of_city * (growth * treated + early)


def broken_assumptions(base: str, switches: Mapping[str, float], treated: Array) -> Array:
    """Return what other switches add to SO2 (10^4 t): trends, spillovers, selection, a shock."""
    settings, sample = load_parameters(TWIN)["switch_units"], load_sample()
    ever = ~np.isnan(sample.cohort)[:, None]
    added = np.zeros(treated.shape)
    if "diverging_trends" in switches:
        added = added - switches["diverging_trends"] * (YEARS - YEARS[0]) * ever
    if "selection" in switches:
        before = np.where(ever, np.nan_to_num(sample.cohort)[:, None] - YEARS, 0)
        bump = np.where(before >= 1, settings["selection_fade"] ** (np.maximum(before, 1) - 1), 0.0)
        added = added + switches["selection"] * bump
    if "common_shock" in switches:
        large = sample.cities["large_city"].to_numpy()[:, None]
        added = added - switches["common_shock"] * large * (settings["shock_year"] == YEARS)
    if "spillover" in switches:
        strength = (1 - switches.get("no_effect", 0.0)) * load_parameters(TWIN)["effect"]
        added = added + switches["spillover"] * strength * nearness(treated) * (treated == 0)
    return added


def nearness(treated: Array) -> Array:
    """Return exp(-distance / scale) to the nearest city with a zone in each year (0 where there is none)."""
    distance = _distances()
    scale = load_parameters(TWIN)["switch_units"]["spillover_km"]
    near = np.zeros(treated.shape)
    for year in np.flatnonzero(treated.any(axis=0)):
        near[:, year] = np.exp(-distance[:, treated[:, year] == 1].min(axis=1) / scale)
    return near


@cache
def _distances() -> Array:
    """Return great-circle distances between the seats of all cities, in km."""
    place = load_sample().cities[["lat", "lon"]].to_numpy(dtype=float) * np.pi / 180
    lat, lon = place[:, :1], place[:, 1:]
    half = np.sin((lat - lat.T) / 2) ** 2 + np.cos(lat) * np.cos(lat.T) * np.sin((lon - lon.T) / 2) ** 2
    return 2 * 6371.0 * np.arcsin(np.sqrt(half))


def unseen_cause(draw: int, switches: Mapping[str, float]) -> Array:
    """Return the cause that moves patents and SO2 in the switch ``confounded_mediator``, in standard deviations."""
    shape = load_sample().treated.shape
    if "confounded_mediator" not in switches:
        return np.zeros(shape)
    generator = stream(TWIN, draw, "unseen cause")
    return switches["confounded_mediator"] * noise.autoregressive(generator, *shape, 0.7)
