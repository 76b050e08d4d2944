r"""The city-carbon twin of Wang et al. (2025): 270 real cities, 2010 to 2021, with a known effect of the pilot zones.

.. math:: CEE_{it} = \alpha_i + \lambda_t + \tau_{it} CBEC_{it} + \beta' X_{it} + \gamma' M_{it} + e_{it}

Places, designations, dates, coast, regions, population of 2020 and three of the four other policies are real.
Everything measured is simulated. In the ``plain`` world the effect is one number and no mediator matters
(:math:`\gamma` is zero); in the ``printed`` world the effect differs between cities after Tables 5 to 7, and part of it
runs through the mediators. Energy is backed out of intensity times real output, so the bottom-up accounts and
equation 1 hold at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.simulate import city_carbon_energy as energy
from helpers.simulate import city_carbon_outcome as outcome
from helpers.simulate import city_carbon_parts as parts
from helpers.simulate import noise
from helpers.simulate.city_carbon_controls import CONTROLS, TWIN, between_cities, designated, draw_controls
from helpers.simulate.city_carbon_sample import YEARS, load_sample
from helpers.simulate.files import rounded
from helpers.simulate.parameters import load_parameters
from helpers.simulate.worlds import Truth, World, check_request, stream

Array = NDArray[np.float64]

DIGITS: Mapping[str, int] = MappingProxyType(
    {
        "carbon_intensity": 5,
        "ln_gdp_per_capita": 5,
        "urban_share": 5,
        "fiscal_share": 5,
        "ln_internet_users": 5,
        "road_area_per_capita": 4,
        "digital_infrastructure": 6,
        "specialisation": 5,
        "specialisation_low": 5,
        "specialisation_high": 5,
        "ln_business_environment": 5,
        "broadband_china": 0,
        "low_carbon_city": 0,
        "population": 2,
        "secondary_share": 5,
        "tertiary_share": 5,
    }
)
#: What the size of each switch means.
SWITCHES: Mapping[str, str] = MappingProxyType(
    {
        "growing_effects": "part of the effect that each of the next three years of exposure adds (0.3)",
        "cohort_effects": "cohorts up to 2018 have (1 + size) times the effect, later ones (1 - size) times (0.8)",
        "anticipation": "share of the effect felt one year before approval, half of it two years before (0.5)",
        "diverging_trends": "intensity that designated cities gain each year without any zone (-0.01)",
        "spillover": "share of the mean effect that an untreated city felt at distance 0 from treated ones (0.5)",
        "selection": "standard deviations by which designated cities lie above their path the year before (1.0)",
        "confounded_mediator": "intensity that one standard deviation of the unseen cause adds (0.08)",
        "common_shock": "intensity in 2020 of a city one standard deviation more like the treated ones (-0.04)",
        "no_effect": "any size: neither zones nor mediators have an effect (1)",
    }
)
DEFAULT_SIZES: Mapping[str, float] = MappingProxyType(
    {
        "growing_effects": 0.3,
        "cohort_effects": 0.8,
        "anticipation": 0.5,
        "diverging_trends": -0.01,
        "spillover": 0.5,
        "selection": 1.0,
        "confounded_mediator": 0.08,
        "common_shock": -0.04,
        "no_effect": 1.0,
    }
)


def draw(base: str = "plain", switches: Mapping[str, float] | None = None, draw: int = 0) -> World:
    """Draw one world.

    Parameters
    ----------
    base : {'plain', 'printed'}
    switches : mapping of str to float, optional
        Names of :data:`SWITCHES` with their sizes.
    draw : int
        0 is the world of the book.

    Returns
    -------
    World
        ``parts`` holds ``energy``, ``employment``, ``digital`` and ``economy`` (one row a city and year) and ``prices``
        (one row a province); ``truth.total`` is the average effect over the 302 treated rows.

    Raises
    ------
    ValueError
        For an unknown base or switch.
    """
    switches = dict(switches or {})
    check_request(base, switches, SWITCHES)
    p, sample = load_parameters(TWIN), load_sample()
    between = between_cities(draw)
    levels, scores = outcome.city_levels(draw, between["gdp"])
    controls = draw_controls(draw, between, outcome.relative_spread(levels))
    without = parts.draw_mediators(draw, levels, scores)
    confounder = _confounder(draw, switches)
    without = {name: values + 0.5 * p[name]["spread"] * confounder for name, values in without.items()}
    works = base == "printed" and "no_effect" not in switches
    slopes = {name: p[name]["within_slope"] if works else 0.0 for name in outcome.MEDIATORS}
    paths = {name: p[name]["path"] if works else 0.0 for name in outcome.MEDIATORS}
    effect = outcome.printed_effects() if base == "printed" else np.full(len(levels), float(p["effect"]))
    scale = outcome.scale_of_effect(switches)
    mean_effect = float((effect[:, None] * sample.treated).sum() / sample.treated.sum())
    mediators = {
        name: without[name] + (paths[name] / slopes[name] if slopes[name] else 0.0) * scale for name in without
    }
    direct = (effect - sum(paths.values()))[:, None] * scale

    def intensity(zones: Array, reactions: Array, seen: Mapping[str, Array]) -> Array:
        value = levels[:, None] + still + zones + reactions
        for name, slope in slopes.items():
            value = value + slope * (seen[name] - without[name].mean(axis=1, keepdims=True))
        return value

    still = sum(p[f"slope_{name}"] * (values - values.mean(axis=1, keepdims=True)) for name, values in controls.items())
    still = still - still.mean()
    propensity = noise.standardised(between["inter"] + designated(sample))
    still = still + outcome.disturbances(draw, levels, switches, propensity)
    still = still + switches.get("confounded_mediator", 0.0) * confounder
    reactions = outcome.early_reaction(switches, effect) + outcome.spillover(switches, mean_effect)
    observed = intensity(direct, reactions, mediators)
    untreated = intensity(np.zeros_like(direct), np.zeros_like(direct), without)
    if observed.min() <= 0:
        raise ValueError(f"{TWIN}, draw {draw}: intensity is not positive everywhere; the switches are too large")
    truth = _truth(observed - untreated, direct, mediators, without, slopes)
    pieces = _pieces(draw, observed, controls, mediators)
    complete = _panel(draw, observed, controls, mediators, pieces)
    panel = complete.copy()
    for name, hidden in sample.missing.items():
        panel.loc[hidden.ravel(), name] = np.nan
    return World(TWIN, base, MappingProxyType(switches), draw, panel, complete, MappingProxyType(pieces), truth)


def _confounder(draw: int, switches: Mapping[str, float]) -> Array | float:
    if "confounded_mediator" not in switches:
        return 0.0
    generator = stream(TWIN, draw, "confounder")
    values = noise.autoregressive(generator, len(load_sample().cities), len(YEARS), 0.7)
    host = designated(load_sample())[:, None]
    return np.clip(values, -3, 3) * np.where(host > 0, 0.3, 1.0)


def _truth(
    effects: Array, direct: Array, mediators: Mapping[str, Array], without: Mapping[str, Array], slopes: Mapping
) -> Truth:
    """Average the differences between the world and the same world without zones over the treated rows."""
    p, sample = load_parameters(TWIN), load_sample()
    rows = (sample.treated > 0) & sample.controls_seen
    through = {column: slopes[key] * (mediators[key] - without[key]) for key, column in outcome.MEDIATORS.items()}
    city, year = np.nonzero(rows)
    table = {"unit": sample.cities["adcode"].to_numpy()[city], "year": np.array(YEARS)[year]}
    split = {"total": effects, "direct": effects - sum(through.values()), **through}
    table |= {name: values[rows] for name, values in split.items()}
    return Truth(
        total=float(effects[rows].mean()),
        direct=float((effects - sum(through.values()))[rows].mean()),
        two_way_weighted=noise.two_way_weighted_effect(sample.treated, effects, sample.controls_seen),
        mediated=MappingProxyType({name: float(values[rows].mean()) for name, values in through.items()}),
        coefficients=MappingProxyType(
            {column: float(p[f"slope_{key}"]) for key, column in CONTROLS.items()}
            | {outcome.MEDIATORS[key]: float(slope) for key, slope in slopes.items()}
        ),
        effects=pd.DataFrame(table),
    )


def _keys() -> dict[str, NDArray]:
    cities = load_sample().cities
    return {"adcode": np.repeat(cities["adcode"].to_numpy(), len(YEARS)), "year": np.tile(YEARS, len(cities))}


def _pieces(draw: int, intensity: Array, controls: Mapping[str, Array], mediators: Mapping[str, Array]) -> dict:
    """Return what the raw files report: economy, energy, employment, digital indicators, price indices."""
    sample = load_sample()
    population = energy.draw_population(draw, designated(sample))
    output = np.exp(controls["gdp"]) * population
    prices = energy.draw_price_indices(draw)
    quantities = energy.draw_energy(draw, intensity * output)
    staff = parts.draw_employment(draw, population * 10_000, mediators["low"], mediators["high"])
    economy = {"population": population, "real_gdp": output} | _structure(draw)
    frames = {"economy": economy, "energy": quantities, "employment": staff}
    frames["digital"] = parts.digital_indicators(draw, mediators["digital"])
    pieces = {
        name: pd.DataFrame(_keys() | {column: values.ravel() for column, values in columns.items()})
        for name, columns in frames.items()
    }
    return pieces | {"prices": prices.reset_index()}


def _structure(draw: int) -> dict[str, Array]:
    """Draw the shares of secondary and tertiary industry in output."""
    rule, sample = load_parameters(TWIN)["structure"], load_sample()
    host, mining = designated(sample)[:, None], sample.cities["resource"].to_numpy()[:, None]
    generator, year = stream(TWIN, draw, "structure"), (np.array(YEARS) - 2015.5)[None, :]
    between = rule["spread"] * generator.standard_normal(len(host))[:, None]
    moves = noise.autoregressive(generator, len(host), len(YEARS), 0.8, rule["within"])
    second = rule["secondary"] + rule["secondary_trend"] * year + rule["resource"] * (mining - 0.4) + between + moves
    third = rule["tertiary"] + rule["tertiary_trend"] * year + rule["designated"] * (host - 0.36)
    third = third - 0.7 * (between + moves)
    second, third = np.clip(second, 0.12, 0.75), np.clip(third - 0.6 * rule["resource"] * (mining - 0.4), 0.18, 0.80)
    total = np.maximum(second + third, 0.97) / 0.97
    return {"secondary_share": second / total, "tertiary_share": third / total}


def _smart_city(draw: int) -> NDArray[np.int64]:
    """Draw which cities are smart-city pilots, and since when: no list with a source exists."""
    rule, host = load_parameters(TWIN)["smart_city"], designated(load_sample())
    generator = stream(TWIN, draw, "smart city")
    chosen = generator.random(len(host)) < np.where(host > 0, rule["designated"], rule["other"])
    first = np.where(chosen, generator.integers(2012, 2015, len(host)), 9999)
    return (np.array(YEARS)[None, :] >= first[:, None]).astype("int64")


def _panel(
    draw: int, intensity: Array, controls: Mapping[str, Array], mediators: Mapping[str, Array], pieces: Mapping
) -> pd.DataFrame:
    """Return the analysis panel before cells go missing, rounded."""
    sample = load_sample()
    repeated = sample.cities.loc[sample.cities.index.repeat(len(YEARS))].reset_index(drop=True)
    seen = ~sample.missing["specialisation"]
    seen = seen | ~seen.any(axis=0)[None, :]
    staff, economy = pieces["employment"].drop(columns=["adcode", "year"]), pieces["economy"]
    staff = {name: staff[name].to_numpy().reshape(seen.shape) for name in staff}
    columns = _keys() | {"city": repeated["city"], "province_zh": repeated["province_zh"]}
    columns |= {"carbon_intensity": intensity.ravel(), "treated": sample.treated.ravel().astype("int64")}
    columns |= {column: controls[key].ravel() for key, column in CONTROLS.items()}
    columns |= {"digital_infrastructure": mediators["digital"].ravel()}
    for name, branches in (("", (*parts.LOW, *parts.HIGH)), ("_low", parts.LOW), ("_high", parts.HIGH)):
        columns[f"specialisation{name}"] = parts.specialisation(staff, branches, seen).ravel()
    columns |= {"ln_business_environment": mediators["environment"].ravel()}
    columns |= {name: sample.policies[name].ravel() for name in ("broadband_china", "low_carbon_city")}
    columns |= {"smart_city": _smart_city(draw).ravel()}
    columns |= {"key_air_control": sample.policies["key_air_control"].ravel().astype("int64")}
    columns |= {name: repeated[name] for name in ("coastal", "region4", "agglomeration")}
    columns |= {"population": economy["population"], "large_city": repeated["large_city"]}
    columns |= {name: economy[name] for name in ("secondary_share", "tertiary_share")}
    return rounded(pd.DataFrame(columns), DIGITS)
