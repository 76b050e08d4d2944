"""Controls, mediators and the outcome equation of the twin of the province exports.

ln CIE = slope_it x ln digital + controls + b1 x structure + b2 x technology + province + year + disturbance,
structure = a1 x (ln digital - its mean of the year) + ..., technology likewise. In the plain world a1, a2, b1, b2 are 0
and the slope is one number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from helpers.simulate.noise import autoregressive, standardised
from helpers.simulate.province_exports_sample import (
    TWIN,
    YEARS,
    development,
    neighbour_weights,
    parameters,
    province_year,
    provinces,
    scaled,
)
from helpers.simulate.worlds import stream

Array = NDArray[np.float64]
CONTROLS = ("ln_gdp_per_capita", "ln_openness", "ln_energy_structure", "ln_capital_intensity")


def logistic(values: Array) -> Array:
    """Return 1 / (1 + exp(-values))."""
    return 1 / (1 + np.exp(-values))


def controls(draw: int) -> dict[str, Array]:
    """Draw the four controls with the mean and spread of Table 2, correlated through development and region."""
    p = parameters()
    inland = provinces()["coastal_province"].to_numpy(dtype=float) == 0
    west = (provinces()["region3"] == "west").to_numpy(dtype=float)
    gdp = province_year(draw, "gdp", on_development=0.85, trend=2.6, noise=0.25)
    openness = province_year(draw, "openness", on_development=0.6, shift=-0.5 * inland, trend=-0.2, noise=0.45)
    openness = logistic(0.7 + standardised(openness))
    energy = province_year(draw, "energy", on_development=-0.45, trend=-1.0, trend_inequality=0.7, noise=0.35)
    energy = np.log(logistic(1.2 + 1.7 * standardised(energy)))
    leaving = np.maximum(np.array(YEARS) - 2012, 0) / 8
    energy[0] = energy[0] + p["beijing_coal"] * leaving  # the table of provinces begins with Beijing
    capital = province_year(draw, "capital", on_development=0.5, shift=0.2 * west, trend=3.2, noise=0.2)
    ceiling = p["energy_max"]
    return {
        "ln_gdp_per_capita": scaled(gdp, p["gdp_mean"], p["gdp_sd"]),
        "ln_openness": np.minimum(scaled(openness, p["openness_mean"], p["openness_sd"]), p["openness_max"]),
        "ln_energy_structure": np.minimum(scaled(energy, p["energy_mean"], p["energy_sd"]), ceiling),
        "ln_capital_intensity": scaled(capital, p["capital_mean"], p["capital_sd"]),
    }


@dataclass(frozen=True)
class Slopes:
    """Slopes of one world: first and second stages of the mediators, and the direct slope of every province-year."""

    structure_on_digital: float
    technology_on_digital: float
    outcome_on_structure: float
    outcome_on_technology: float

    @property
    def mediated(self) -> dict[str, float]:
        """Return the slope that goes through each mediator."""
        return {
            "ln_industrial_structure": self.structure_on_digital * self.outcome_on_structure,
            "ln_technology": self.technology_on_digital * self.outcome_on_technology,
        }


def slopes(base: str, switches: Mapping[str, float]) -> Slopes:
    """Return the mediators' slopes; the plain world has none, and ``no_effect`` takes its share of the first stages."""
    if base == "plain":
        return Slopes(0.0, 0.0, 0.0, 0.0)
    p = parameters()
    kept = 1 - switches.get("no_effect", 0.0)
    technology = (p["total"] - p["direct_beside_technology"]) / p["outcome_on_technology"]
    return Slopes(
        p["structure_on_digital"] * kept,
        technology * kept,
        p["outcome_on_structure"],
        p["outcome_on_technology"],
    )


def mediators(draw: int, ln_digital: Array, stages: Slopes, cause: Array | float = 0.0) -> tuple[Array, Array]:
    """Draw industrial structure and technology with Table 2's mean and spread; both answer to the digital index."""
    p = parameters()
    deviation = ln_digital - ln_digital.mean(axis=0, keepdims=True)
    latent = province_year(draw, "structure", on_development=0.35, trend=1.5, trend_inequality=0.4, noise=0.25)
    answer = stages.structure_on_digital * deviation
    own = np.sqrt(max(p["structure_sd"] ** 2 - answer.var(), 0.01))
    structure = scaled(np.exp(0.28 * latent), p["structure_mean"], own) + answer + cause
    latent = province_year(draw, "technology", on_development=0.3, trend=1.2, trend_inequality=0.3, noise=0.3)
    answer = stages.technology_on_digital * deviation
    own = np.sqrt(max(p["technology_sd"] ** 2 - answer.var(), 0.01))
    technology = scaled(np.exp(0.6 * latent), p["technology_mean"], own) + answer
    return structure, technology - technology.min()


def direct_slopes(
    base: str, switches: Mapping[str, float], ln_digital: Array, structure: Array, technology: Array
) -> Array:
    """Return the direct slope of every province-year; its mean over all of them is what the total leaves to it.

    In the printed world the means of the three regions stand in the ratio of Table 4; inside a region the slope is a
    product of ratios of Table 6, one for the regime of each threshold variable.
    """
    p = parameters()
    kept = 1 - switches.get("no_effect", 0.0)
    found = np.full_like(ln_digital, p["total"])
    if base == "printed":
        regimes = np.ones_like(ln_digital)
        if "no_threshold" not in switches:
            for values, limits, name in (
                (ln_digital, [p["threshold_digital"]], "digital"),
                (structure, p["thresholds_structure"], "structure"),
                (technology, [p["threshold_technology"]], "technology"),
            ):
                regimes = regimes * regime_ratio(values, limits, p[f"regimes_{name}"])
        region = provinces()["region3"].to_numpy()
        ratio = np.array([p[f"slope_{name}"] for name in region])[:, None] / p["slope_east"]
        level = {name: regimes[region == name].mean() for name in ("east", "central", "west")}
        shape = ratio * regimes / np.array([level[name] for name in region])[:, None]
        found = (p["total"] - sum(slopes("printed", {}).mediated.values())) * shape / shape.mean()
    if "growing_effects" in switches:
        found = found + switches["growing_effects"] * (np.arange(len(YEARS)) - (len(YEARS) - 1) / 2)
    if "second_threshold" in switches:
        found = found + switches["second_threshold"] * (ln_digital > p["second_threshold_value"])
        if base == "plain":
            found = found + switches["second_threshold"] * (ln_digital > p["threshold_digital"])
    return found * kept


def regime_ratio(values: Array, limits: list[float], printed: list[float]) -> Array:
    """Return, for each value, the printed slope of its regime over the slope of the lowest regime."""
    ratios = np.array(printed) / printed[0]
    place = sum((values > limit).astype(int) for limit in limits)
    return ratios[place]


def disturbances(draw: int) -> Array:
    """Draw persistent disturbances whose spread differs between provinces."""
    p = parameters()
    generator = stream(TWIN, draw, "outcome")
    units, periods = len(provinces()), len(YEARS)
    spread = p["noise"] * np.exp(p["noise_inequality"] * generator.standard_normal(units))
    return autoregressive(generator, units, periods, p["persistence"], spread)


def background(draw: int) -> Array:
    """Draw province and year effects of the outcome."""
    p = parameters()
    units, periods = len(provinces()), len(YEARS)
    share = p["province_on_development"]
    luck = standardised(stream(TWIN, draw, "outcome province").standard_normal(units))
    province = p["province_spread"] * standardised(share * development(draw) + np.sqrt(1 - share**2) * luck)
    shocks = autoregressive(stream(TWIN, draw, "outcome year"), 1, periods, 0.5, p["year_shock"])[0]
    time = np.arange(periods) - (periods - 1) / 2
    return province[:, None] + (p["year_trend"] * time + shocks)[None, :]


def broken_assumptions(draw: int, switches: Mapping[str, float], ln_digital: Array) -> Array:
    """Return what the switches add to the outcome beside the effect: a trend, neighbours, a shock."""
    added = np.zeros_like(ln_digital)
    ahead = standardised(ln_digital.mean(axis=1))
    if "diverging_trends" in switches:
        added = added + switches["diverging_trends"] * ahead[:, None] * np.arange(len(YEARS))
    if "spillover" in switches:
        near = (neighbour_weights()[:, :, None] * ln_digital[None, :, :]).sum(axis=1)
        added = added + switches["spillover"] * (near - near.mean())
    if "common_shock" in switches:
        hit = (np.array(YEARS) == parameters()["shock_year"]).astype(float)
        added = added + switches["common_shock"] * ahead[:, None] * hit
    return added


def intercept(base: str) -> float:
    """Return the constant that puts the mean of the outcome at the printed one, from the printed means."""
    p = parameters()
    stages = slopes(base, {})
    mean = p["total"] - sum(stages.mediated.values())
    used = [(p["digital_mean"], mean), (p["gdp_mean"], p["ln_gdp_per_capita"]), (p["openness_mean"], p["ln_openness"])]
    used += [(p["energy_mean"], p["ln_energy_structure"]), (p["capital_mean"], p["ln_capital_intensity"])]
    used += [(p["structure_mean"], stages.outcome_on_structure), (p["technology_mean"], stages.outcome_on_technology)]
    return p["outcome_mean"] - sum(mean * slope for mean, slope in used)
