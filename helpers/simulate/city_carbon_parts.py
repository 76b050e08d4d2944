"""Mediators of the city-carbon twin and what they are made of: six digital indicators, employment by branch.

Tables 9 to 11 have the constants, t values and R2 of pooled least squares. Their slopes therefore describe differences
between cities: they tie the *levels* of the mediators to the level of intensity. What a mediator does over time within
a city is not printed; those slopes are assumptions of the printed world, and zero in the plain one.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from helpers.simulate import noise
from helpers.simulate.city_carbon_controls import TWIN, designated
from helpers.simulate.city_carbon_outcome import MEDIATORS
from helpers.simulate.city_carbon_sample import YEARS, load_sample
from helpers.simulate.parameters import load_parameters
from helpers.simulate.worlds import stream

Array = NDArray[np.float64]
LOW = ("transport", "wholesale", "leasing")
HIGH = ("information", "finance", "research")
#: National shares of the three branches inside each tier (assumption).
INSIDE = {"transport": 0.45, "wholesale": 0.35, "leasing": 0.20, "information": 0.25, "finance": 0.50, "research": 0.25}


def draw_mediators(draw: int, levels: Array, scores: Array) -> dict[str, Array]:
    """Draw the four mediators as they would be without any zone, each of shape (cities, years).

    A mediator is level of its group (designated or not) + trend + city effect + movements; three of them in logs. The
    city effect leans on the rank of the city's intensity as much as the pooled slope of the printed table demands.
    """
    p, sample = load_parameters(TWIN), load_sample()
    host = designated(sample)
    year = np.array(YEARS) - 2015.5
    result = {}
    for name in MEDIATORS:
        rule, logs = p[name], name != "environment"
        share = float(sample.treated.mean())
        mean = rule["untreated"] + share * (rule["treated"] - rule["untreated"])
        unit = mean if logs else 1.0
        spread = float(np.sqrt(np.log(1 + (rule["spread"] / mean) ** 2))) if logs else rule["spread"]
        targets = [np.log(rule[key]) if logs else rule[key] for key in ("treated", "untreated")]
        moves = noise.autoregressive(
            stream(TWIN, draw, f"movements of {name}"), len(host), len(YEARS), rule["persistence"], rule["within"]
        )
        line = rule["trend"] * year[None, :] + moves
        line = line + _solve(*targets, line, host, sample.treated)
        between = np.sqrt(max(spread**2 - float(line.var()), (0.3 * spread) ** 2))
        given = _without_treatment(line, sample.treated)
        wanted = p[f"{name}_pooled_slope"] * ((given**2).mean() + between**2) * unit
        wanted -= (given * _without_treatment(np.broadcast_to(levels[:, None], line.shape), sample.treated)).mean()
        tie = float(np.clip(-wanted / (between * _covariance(levels, scores, host)), -0.95, 0.95))
        own = stream(TWIN, draw, f"city effect of {name}").standard_normal(len(host))
        mixed = -tie * _within_groups(scores, host) + np.sqrt(1 - tie**2) * own
        values = line + between * mixed[:, None]
        result[name] = _with_means(np.exp(values), rule, host, sample.treated) if logs else values
    return result


def _without_treatment(values: Array, treatment: Array) -> Array:
    """Take the means of treated and of untreated rows out."""
    on = treatment > 0
    return values - np.where(on, values[on].mean(), values[~on].mean())


def _with_means(values: Array, rule: dict, host: Array, treatment: Array) -> Array:
    """Scale positive values of designated and other cities so that treated and untreated rows have the wanted means."""
    off = 1 - treatment
    ratio, mean_treated = rule["treated"] / rule["untreated"], (values * treatment).sum() / treatment.sum()
    inside = (values * off * host[:, None]).sum() / off.sum()
    outside = (values * off * (1 - host[:, None])).sum() / off.sum()
    # treated rows: unit lift mean_treated; untreated rows: unit (lift inside + outside)
    lift = ratio * outside / (mean_treated - ratio * inside)
    unit = rule["untreated"] / (inside * lift + outside)
    return unit * np.where(host[:, None] > 0, lift, 1.0) * values


def _within_groups(values: Array, host: Array) -> Array:
    centred = values.copy()
    for group in (0.0, 1.0):
        inside = host == group
        centred[inside] = (values[inside] - values[inside].mean()) / values[inside].std()
    return centred


def _covariance(levels: Array, scores: Array, host: Array) -> float:
    """Return the covariance of levels and scores inside the two groups (designated, other)."""
    inside = _within_groups(scores, host)
    centred = levels - np.where(host > 0, levels[host > 0].mean(), levels[host == 0].mean())
    return float((inside * centred).mean())


def _solve(treated: float, untreated: float, line: Array, host: Array, treatment: Array) -> Array:
    """Return the level of designated and other cities that gives the two means (shape: cities, 1)."""
    on, off = treatment > 0, treatment == 0
    share = float(np.broadcast_to(host[:, None], line.shape)[off].mean())
    gap = (treated - untreated - line[on].mean() + line[off].mean()) / (1 - share)
    base = untreated - line[off].mean() - share * gap
    return (base + gap * host)[:, None]


def draw_employment(draw: int, population: Array, low: Array, high: Array) -> dict[str, Array]:
    """Draw employment in persons: total and the six producer-service branches.

    Parameters
    ----------
    population : array
        Persons, shape (cities, years).
    low, high : array
        Location quotients of the two tiers before they are scaled to average one. Rare draws of a switch push one to
        zero or below, which no employment can have; it then stays at a twentieth.
    """
    low, high = np.maximum(low, 0.05), np.maximum(high, 0.05)
    rule, shape = load_parameters(TWIN)["employment"], population.shape
    generator = stream(TWIN, draw, "employment")
    between = rule["spread"] * generator.standard_normal(shape[0])[:, None]
    moves = noise.autoregressive(generator, *shape, 0.8, rule["within"])
    services = (low / low.mean() + high / high.mean()).mean(axis=1)
    attraction = (services / services.mean())[:, None] ** rule["tie"]
    total = population * rule["rate"] * attraction * np.exp(between + moves)
    result = {"total": total}
    for tier, branches, quotient in (("low", LOW, low), ("high", HIGH, high)):
        split = np.array([INSIDE[name] for name in branches])[:, None, None]
        split = split * np.exp(0.3 * generator.standard_normal((len(branches), shape[0], 1)))
        split = split / split.sum(axis=0)
        of_tier = np.minimum(rule[tier] * quotient, 0.4) * total
        result |= {name: of_tier * split[number] for number, name in enumerate(branches)}
    return {name: np.round(values) for name, values in result.items()}


def specialisation(employment: dict[str, Array], branches: tuple[str, ...], seen: NDArray[np.bool_]) -> Array:
    r"""Compute equation 6 of Wang et al. (2025) over the cities seen in each year.

    .. math:: Spec_{it} = \frac{\sum_j S_{ijt} / \sum_i \sum_j S_{ijt}}{S_{it} / \sum_i S_{it}}

    The paper's sum over branches can be read outside or inside the ratio; read inside, values lie near one.
    """
    chosen = sum(employment[name] for name in branches)
    total = employment["total"]
    nation = np.where(seen, chosen, 0.0).sum(axis=0) / np.maximum(np.where(seen, total, 0.0).sum(axis=0), 1.0)
    return chosen / total / np.where(nation > 0, nation, np.nan)[None, :]


def digital_indicators(draw: int, index: Array) -> dict[str, Array]:
    """Split the index into six indicators whose mean, each divided by its bound, is the index."""
    upper = load_parameters(TWIN)["digital_upper"]
    generator = stream(TWIN, draw, "digital indicators")
    weights = [
        np.exp(
            0.3 * generator.standard_normal((len(index), 1)) + noise.autoregressive(generator, *index.shape, 0.8, 0.1)
        )
        for _ in upper
    ]
    total = sum(weights)
    return {
        name: bound * index * len(upper) * weight / total
        for (name, bound), weight in zip(upper.items(), weights, strict=True)
    }
