r"""The SO2 twin of Ding (2025): 298 cities, 2005 to 2022, with a known effect of the pilot zones.

The world keeps equation 1 of the paper with city and year effects,

.. math:: SO2_{it} = \mu_i + \lambda_t + \theta' X_{it} + \tau_{it} D_{it} + \varepsilon_{it} \ge 0 ,

and makes it hold without any truncation. SO2 has a part that the controls and the zone move, a lasting part of the
city, and a part that declines along the national path, :math:`b_i g_t h_{it} > 0`, whose average does not differ
between batches of zones. The city effect contains the largest fall of the first part (a fixed effect may depend on
anything of its city), so emissions stay positive: cities with large falls ahead of them start from high levels. The
year effect is the average of the declining part, the disturbance is what a city deviates from it: persistent, skewed,
larger in large emitters. In the base world ``plain`` the effect is the constant of Table 3; in ``printed`` it differs
by region, kind, size and batch of the city, and a quarter of it goes through green patents.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.simulate import city_sulfur_controls as controls
from helpers.simulate import city_sulfur_effects as zone
from helpers.simulate import noise
from helpers.simulate.city_sulfur_effects import DEFAULT_SIZES, SWITCHES
from helpers.simulate.city_sulfur_sample import CONTROLS, MEASURED, TWIN, YEARS, load_sample
from helpers.simulate.parameters import load_parameters
from helpers.simulate.worlds import Truth, World, check_request, stream

__all__ = ["DEFAULT_SIZES", "DIGITS", "SWITCHES", "draw"]
Array = NDArray[np.float64]

#: Digits of each column of floats in the stored panel.
DIGITS = {
    "so2": 4, "gdp_per_capita": 4, "secondary_share": 2, "urban_share": 4, "loans_to_gdp": 4, "fiscal_share": 4,
    "co2": 2, "so2_intensity": 7, "green_patents": 0,
}  # fmt: skip


@dataclass(frozen=True)
class Outcomes:
    """SO2 (t), CO2 (10^4 t) and green patents (count) of one run, shape (cities, years)."""

    so2: Array
    co2: Array
    patents: Array


@dataclass(frozen=True)
class Noise:
    """What no run changes: everything random of one draw besides the controls."""

    so2: Array
    co2: Array
    patents: Array
    unseen: Array


def draw(base: str = "plain", switches: Mapping[str, float] | None = None, draw: int = 0) -> World:
    """Draw one world.

    Parameters
    ----------
    base : {'plain', 'printed'}
    switches : mapping of str to float, optional
        Switches that are on, with their sizes (:data:`SWITCHES`, :data:`DEFAULT_SIZES`).
    draw : int
        0 is the world of the book; 1, 2, ... are others.

    Returns
    -------
    helpers.simulate.worlds.World
        ``parts["statistics"]`` holds what the raw files print.

    Raises
    ------
    ValueError
        For an unknown base world or switch, a size that is no number, a negative draw.
    """
    switches = dict(switches or {})
    check_request(base, switches, SWITCHES)
    sample, statistics = load_sample(), controls.printed_statistics(draw)
    x, random = controls.controls_from(statistics), _noise(draw, switches)
    treated = sample.treated.astype(float)
    with_zones = _run(base, switches, x, random, treated, treated)
    without = _run(base, switches, x, random, np.zeros_like(treated), treated)
    held = _run(base, switches, x, random, treated, treated, patents=without.patents)
    statistics |= {"so2": with_zones.so2, "co2": with_zones.co2, "green_patents": with_zones.patents}
    complete = _panel(statistics, x)
    panel = complete.copy()
    for name in MEASURED:
        panel.loc[sample.missing[name].ravel(), name] = np.nan
    panel["so2_intensity"] = panel["so2_intensity"].where(panel["so2"].notna() & panel["gdp_per_capita"].notna())
    truth = _truth(base, switches, statistics, with_zones, without, held)
    parts = {"statistics": _long(statistics | {"so2_first": _first_vintage(draw, with_zones.so2)})}
    return World(TWIN, base, switches, draw, panel, complete, parts, truth)


def _noise(draw: int, switches: Mapping[str, float]) -> Noise:
    settings, sample = load_parameters(TWIN), load_sample()
    shape, cities = sample.treated.shape, sample.cities
    population = np.log(cities["population_2020"].to_numpy())
    relative = np.exp(settings["so2_size"] * noise.standardised(population))
    for batch in np.unique(np.nan_to_num(sample.cohort)):  # same average in every batch: trends do not differ
        own = np.nan_to_num(sample.cohort) == batch
        relative[own] = relative[own] / relative[own].mean()
    spread, rough = settings["so2_spread"], settings["so2_noise"]
    generator = stream(TWIN, draw, "so2")
    level = settings["so2_declining_part"] * relative
    place = controls.stretched(controls.quantiles(generator, shape[0]), *settings["so2_tails"])
    level = level * np.exp(spread * place - spread**2 / 2)
    place = np.argsort(np.argsort(-population, kind="stable"), kind="stable") / (shape[0] - 1)
    rough_of_city = rough["smallest"] + (rough["largest"] - rough["smallest"]) * place
    shocks = _lognormal(generator, shape, rough["persistence"], rough_of_city)
    declining = level[:, None] * np.array(settings["so2_path"]) * shocks
    level_co2, level_patents = settings["co2_level"], settings["patents_level"]
    generator = stream(TWIN, draw, "co2")
    scale = noise.standardised(0.7 * noise.standardised(population) + controls.quantiles(generator, shape[0]))
    co2 = level_co2["level"] * np.exp(level_co2["spread"] * scale)[:, None]
    co2 = co2 * _lognormal(generator, shape, level_co2["persistence"], np.full(shape[0], level_co2["noise"]))
    co2 = co2 + level_co2["growth"] * (YEARS - YEARS[0])
    generator = stream(TWIN, draw, "patents")
    spread = level_patents["spread"]
    patents = level_patents["level"] * np.exp(spread * controls.quantiles(generator, shape[0]) - spread**2 / 2)
    patents = patents[:, None] * np.exp(0.12 * (YEARS - YEARS.mean()))
    patents = patents * _lognormal(
        generator, shape, level_patents["persistence"], np.full(shape[0], level_patents["noise"])
    )
    return Noise(declining + _lasting(draw)[:, None], co2, patents, zone.unseen_cause(draw, switches))


def _lognormal(generator: np.random.Generator, shape: tuple[int, int], persistence: float, spread: Array) -> Array:
    """Return persistent factors with mean one."""
    return np.exp(noise.autoregressive(generator, *shape, persistence, spread) - spread[:, None] ** 2 / 2)


def _lasting(draw: int) -> Array:
    """Return the part of a city's SO2 that does not decline: resource-based, northern and populous cities have more."""
    settings, cities = load_parameters(TWIN)["so2_lasting_part"], load_sample().cities
    score = 0.8 * cities["resource_based"] + 0.6 * (cities["lat"] > 33) + 0.4 * np.log(cities["population_2020"])
    own = controls.quantiles(stream(TWIN, draw, "lasting so2"), len(cities))
    level = np.exp(settings["spread"] * noise.standardised(score.to_numpy(dtype=float) + own))
    return settings["level"] * np.maximum(level - settings["cut"], 0.0)


def _run(
    base: str, switches: Mapping[str, float], x: dict[str, Array], random: Noise, treated: Array, actual: Array,
    patents: Array | None = None,
) -> Outcomes:  # fmt: skip
    """Run the world with a treatment; city effects are those of the actual one, patents may be held."""
    settings = load_parameters(TWIN)
    slopes, units = settings["slopes"], settings["switch_units"]
    share = 1 - switches.get("no_effect", 0.0)
    through = mediator_slope(base)
    relative = zone.average_effects(base) / _average(zone.average_effects(base))

    def patent_counts(d: Array) -> Array:
        moved = slope_sum(slopes["green_patents"], x) + units["confounder_patents"] * random.unseen
        moved = moved - moved.min(axis=1, keepdims=True) + random.patents
        return np.round(moved) + np.round(settings["effect_on_patents"] * relative * share)[:, None] * d

    counts = patent_counts(treated) if patents is None else patents
    direct = slope_sum(slopes["so2"], x) - through * slope_sum(slopes["green_patents"], x)
    through_patents = through * settings["effect_on_patents"] * relative[:, None] * share

    def moved(d: Array, p: Array) -> Array:
        total = zone.effects_on_so2(base, switches, d) - through_patents * d
        broken = zone.broken_assumptions(base, switches, d) + units["confounder_so2"] * random.unseen
        return direct + through * p + total + broken

    cushion = moved(actual, patent_counts(actual)).min(axis=1, keepdims=True)
    so2 = np.round(1e4 * (moved(treated, counts) - cushion + random.so2))
    moved_co2 = slope_sum(slopes["co2"], x)
    co2 = np.round(moved_co2 - moved_co2.min(axis=1, keepdims=True) + random.co2, 2)
    return Outcomes(so2, co2 + np.round(settings["effect_on_co2"] * share, 2) * treated, counts)


def slope_sum(slopes: Mapping[str, float], x: Mapping[str, Array]) -> Array:
    """Return the sum of slope times control."""
    return sum((slope * x[name] for name, slope in slopes.items()), np.zeros_like(x[CONTROLS[0]]))


def _average(of_city: Array) -> float:
    """Average a city's effect over the treated rows of the regression sample."""
    rows = (load_sample().treated * load_sample().complete).sum(axis=1)
    return float((of_city * rows).sum() / rows.sum())


def mediator_slope(base: str) -> float:
    """Return what one more patent adds to SO2 (10^4 t): nothing in the plain world."""
    settings = load_parameters(TWIN)
    share = settings["mediated_share"] if base == "printed" else 0.0
    return share * _average(zone.average_effects(base)) / settings["effect_on_patents"]


def _panel(statistics: dict[str, Array], x: dict[str, Array]) -> pd.DataFrame:
    sample = load_sample()
    cities, shape = sample.cities, sample.treated.shape

    def wide(name: str) -> NDArray:
        return np.repeat(cities[name].to_numpy(), shape[1])

    panel = pd.DataFrame({"adcode": wide("adcode").astype("int64"), "year": np.tile(YEARS, shape[0])})
    panel["city"], panel["province_zh"] = wide("name_zh"), wide("province_zh")
    panel["so2"] = np.round(statistics["so2"].ravel() / 1e4, 4)
    panel["treated"] = sample.treated.ravel()
    for name in CONTROLS:
        panel[name] = x[name].ravel()
    panel["co2"] = statistics["co2"].ravel()
    panel["so2_intensity"] = np.round((statistics["so2"] / 1e4 / statistics["gdp"]).ravel(), 7)
    panel["green_patents"] = statistics["green_patents"].ravel()
    for name in ("resource_based", "region4", "large_city", "municipality"):
        panel[name] = wide(name)
    return panel


def _long(statistics: dict[str, Array]) -> pd.DataFrame:
    codes = load_sample().cities["adcode"].to_numpy()
    frame = pd.DataFrame({"adcode": np.repeat(codes, len(YEARS)), "year": np.tile(YEARS, len(codes))})
    return frame.assign(**{name: values.ravel() for name, values in statistics.items()})


def _first_vintage(draw: int, so2: Array) -> Array:
    """Return the figures first published for 2016 to 2019, later revised downwards (t)."""
    settings = load_parameters(TWIN)["first_vintage"]
    factor = np.exp(settings["spread"] * stream(TWIN, draw, "first vintage").standard_normal(so2.shape))
    return np.where((YEARS >= 2016) & (YEARS <= 2019), np.round(settings["ratio"] * factor * so2), so2)


def _truth(base, switches, statistics, with_zones: Outcomes, without: Outcomes, held: Outcomes) -> Truth:
    """Compare the runs on the treated rows of the regression sample (Table 3, column (2))."""
    settings, sample = load_parameters(TWIN), load_sample()
    rows = (sample.treated == 1) & sample.complete
    total, direct = (with_zones.so2 - without.so2) / 1e4, (held.so2 - without.so2) / 1e4
    intensity = (with_zones.so2 - without.so2) / 1e4 / statistics["gdp"]
    coefficients = dict(settings["slopes"]["so2"]) | {
        "one green patent": mediator_slope(base),
        "effect on green patents": float((with_zones.patents - without.patents)[rows].mean()),
        "effect on CO2": float((with_zones.co2 - without.co2)[rows].mean()),
        "effect on SO2 per output": float(intensity[rows].mean()),
    }
    city, year = np.nonzero(rows)
    effects = pd.DataFrame({"unit": sample.cities["adcode"].to_numpy()[city], "year": YEARS[year]})
    effects = effects.assign(total=total[rows], direct=direct[rows], green_patents=(total - direct)[rows])
    return Truth(
        total=float(total[rows].mean()),
        direct=float(direct[rows].mean()),
        two_way_weighted=noise.two_way_weighted_effect(sample.treated, total, sample.complete),
        mediated={"green patents": float((total - direct)[rows].mean())},
        coefficients=coefficients,
        effects=effects,
    )
