"""The five controls of the city-carbon twin, with the means and spreads of Table 3 solved in.

Table 3 prints, for treated and untreated city-years, two means, a t value and a standardised difference. From the last
two follow the two standard deviations. Level, gap of the designated cities and spreads are then solved from the real
design (which city-years are treated), without looking at any draw.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from helpers.simulate import noise
from helpers.simulate.city_carbon_sample import YEARS, Sample, load_sample
from helpers.simulate.parameters import load_parameters
from helpers.simulate.worlds import stream

TWIN = "city_carbon"
CONTROLS = {
    "gdp": "ln_gdp_per_capita",
    "urban": "urban_share",
    "gov": "fiscal_share",
    "inter": "ln_internet_users",
    "infra": "road_area_per_capita",
}
#: Controls that are positive and skewed: their logarithm is modelled.
IN_LOGS = ("gov", "infra")
Array = NDArray[np.float64]


def spreads(treated: float, untreated: float, t: float, bias: float, counts: tuple[int, int]) -> tuple[float, float]:
    r"""Return the standard deviations of treated and untreated rows behind a t value and a standardised difference.

    .. math:: t = \frac{d}{s_p \sqrt{1/n_1 + 1/n_0}}, \quad
        \text{bias} = \frac{100\, d}{\sqrt{(s_1^2 + s_0^2)/2}}, \quad
        s_p^2 \approx \frac{n_1 s_1^2 + n_0 s_0^2}{n_1 + n_0}

    Raises
    ------
    ValueError
        If no two standard deviations answer both.
    """
    first, other = counts
    gap, share = treated - untreated, counts[0] / sum(counts)
    pooled = (gap / t) ** 2 / (1 / first + 1 / other)
    both = 2 * (100 * gap / bias) ** 2
    low = (pooled - share * both) / (1 - 2 * share)
    if not 0 < low < both:
        raise ValueError("no two standard deviations give this t value and this standardised difference")
    return float(np.sqrt(both - low)), float(np.sqrt(low))


def geography(sample: Sample) -> dict[str, Array]:
    """Return real features of the cities, centred where they are continuous."""
    cities = sample.cities
    return {
        "population": noise.standardised(np.log(cities["population_2020"].to_numpy(dtype=float))),
        "east": cities["region4"].eq("east").to_numpy(dtype=float),
        "coast": cities["coastal"].to_numpy(dtype=float),
        "resource": cities["resource"].to_numpy(dtype=float),
    }


def designated(sample: Sample) -> Array:
    """Return 1 for cities that host a zone before the panel ends."""
    return sample.treated.max(axis=1)


def trend_per_treatment(sample: Sample) -> float:
    """Return the two-way fixed-effects slope of (designated times year) on the treatment."""
    treatment = noise.two_way_demeaned(sample.treated)
    line = designated(sample)[:, None] * (np.array(YEARS) - 2015.5)[None, :]
    return float((treatment * line).sum() / (treatment * treatment).sum())


@cache
def _plan(name: str) -> tuple[Array, Array]:
    """Return the fixed part of a control (cities, years) and the spread of its city effects (cities,)."""
    sample, p = load_sample(), load_parameters(TWIN)
    shape, features = p[f"{name}_shape"], geography(sample)
    host = designated(sample)
    rows = sample.controls_seen
    treated, untreated = (sample.treated > 0) & rows, (sample.treated == 0) & rows
    means = [p[f"{name}_treated"], p[f"{name}_untreated"]]
    deviations = list(spreads(*means, p[f"{name}_t"], p[f"{name}_bias"], (int(treated.sum()), int(untreated.sum()))))
    if name in IN_LOGS:
        logs = [float(np.log(1 + (s / m) ** 2)) for s, m in zip(deviations, means, strict=True)]
        means = [float(np.log(m)) - v / 2 for m, v in zip(means, logs, strict=True)]
        deviations = [v**0.5 for v in logs]
    year = np.array(YEARS) - 2015.5
    fixed = sum(shape[key] * values for key, values in features.items())[:, None] + shape["trend"] * year[None, :]
    if name == "gdp":
        extra = p["gdp_growth_of_designated"] / -p["slope_gdp"] / trend_per_treatment(sample)
        fixed = fixed + extra * host[:, None] * year[None, :]
    share = float(np.broadcast_to(host[:, None], rows.shape)[untreated].mean())
    gap = (means[0] - means[1] - fixed[treated].mean() + fixed[untreated].mean()) / (1 - share)
    fixed = fixed + gap * host[:, None]
    fixed = fixed + means[0] - fixed[treated].mean()
    of_host = deviations[0] ** 2 - fixed[treated].var()
    of_other = (deviations[1] ** 2 - fixed[untreated].var() - share * of_host) / (1 - share)
    between = np.array([of_host - shape["within_designated"] ** 2, of_other - shape["within_other"] ** 2])
    if (between <= 0).any():
        raise ValueError(f"{TWIN}.toml: trend, loadings and spread within leave nothing for the cities of {name!r}")
    return fixed, np.sqrt(np.where(host > 0, between[0], between[1]))


def between_cities(draw: int) -> dict[str, Array]:
    """Draw the city effects of all controls: tied to one another, standardised within designated and other cities."""
    p, host = load_parameters(TWIN), designated(load_sample())
    development = stream(TWIN, draw, "development").standard_normal(len(host))
    result = {}
    for name in CONTROLS:
        common = p[f"{name}_shape"]["common"]
        own = stream(TWIN, draw, f"city effect of {name}").standard_normal(len(host))
        mixed = common * development + np.sqrt(1 - common**2) * own
        result[name] = np.where(host > 0, _standard(mixed, host > 0), _standard(mixed, host == 0))
    return result


def _standard(values: Array, members: NDArray[np.bool_]) -> Array:
    return (values - values[members].mean()) / values[members].std()


def draw_controls(draw: int, effects: dict[str, Array], level: Array) -> dict[str, Array]:
    """Draw the five controls, each of shape (cities, years).

    Parameters
    ----------
    draw : int
    effects : dict of str to array
        As :func:`between_cities` returns them.
    level : array of length cities
        How volatile a city is against the mean city: output of carbon-heavy cities swings more.
    """
    p, host = load_parameters(TWIN), designated(load_sample())
    result = {}
    for name in CONTROLS:
        fixed, spread = _plan(name)
        shape = p[f"{name}_shape"]
        within = np.where(host > 0, shape["within_designated"], shape["within_other"])
        if name == "gdp":
            swing = level**2
            within = within * level / np.sqrt(np.where(host > 0, swing[host > 0].mean(), swing[host == 0].mean()))
        generator = stream(TWIN, draw, f"movements of {name}")
        moves = noise.autoregressive(generator, len(host), len(YEARS), shape["persistence"])
        values = fixed + (spread * effects[name])[:, None] + np.clip(moves, -2.5, 2.5) * within[:, None]
        result[name] = np.exp(values) if name in IN_LOGS else values
    result["urban"] = np.clip(result["urban"], 0.15, 0.995)
    return result
