"""Five digital indicators, their first principal component, and an index that has a logarithm. Elementwise only."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from helpers.simulate.noise import autoregressive
from helpers.simulate.province_exports_sample import TWIN, YEARS, development, parameters, provinces
from helpers.simulate.worlds import stream

#: Indicator: lowest value, value at the full way, share of its own province effect, curvature. Units in the raw files.
INDICATORS = {
    "broadband_per_100": (3.0, 36.0, 0.05, 1.0),
    "it_employment_share": (0.6, 4.5, 0.12, 1.0),
    "telecom_per_head": (500.0, 9500.0, 0.04, 1.5),
    "mobile_penetration": (38.0, 105.0, 0.06, 0.8),
    "inclusive_finance": (20.0, 410.0, 0.02, 1.0),
}
ROUNDS = 100


def level(draw: int, feedback: NDArray[np.float64] | None = None) -> NDArray[np.float64]:
    """Draw how far each province-year is on the way to full digitalisation (near 0 to near 1), plus a `feedback`."""
    p = parameters()
    generator = stream(TWIN, draw, "digital level")
    units, periods = len(provinces()), len(YEARS)
    share = p["digital_on_development"]
    ahead = share * development(draw) + np.sqrt(1 - share**2) * generator.standard_normal(units)
    time = np.linspace(0, 1, periods) ** p["digital_curve"]
    path = p["digital_start"] + (p["digital_end"] - p["digital_start"]) * time
    own = autoregressive(generator, units, periods, 0.6, p["digital_noise"]) * (0.4 + time)
    found = path + p["digital_province"] * ahead[:, None] * (0.25 + 1.1 * time) + own
    return found if feedback is None else found + feedback


def indicators(draw: int, way: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
    """Draw the five indicators from the digital level, each with a province effect and noise of its own."""
    p = parameters()
    found = {}
    for name, (low, high, own_share, curve) in INDICATORS.items():
        generator = stream(TWIN, draw, f"indicator {name}")
        units, periods = way.shape
        own = own_share * generator.standard_normal(units)[:, None] * (0.2 + way)
        noise = autoregressive(generator, units, periods, 0.6, p["indicator_noise"]) * (0.15 + way)
        position = np.maximum(way + own + noise, 0.005) ** curve
        found[name] = low + (high - low) * position
    return found


def first_component(values: list[NDArray[np.float64]]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return scores and loadings of the first principal component of standardised variables.

    The eigenvector of the correlation matrix comes from a fixed number of rounds of power iteration with elementwise
    products, so that no library of matrix products takes part; loadings sum to a positive number.
    """
    table = np.stack([value.ravel() for value in values], axis=1)
    table = (table - table.mean(axis=0)) / table.std(axis=0)
    correlations = np.array([[(a * b).mean() for b in table.T] for a in table.T])
    loadings = np.ones(len(correlations))
    for _ in range(ROUNDS):
        loadings = (correlations * loadings).sum(axis=1)
        loadings = loadings / np.sqrt((loadings**2).sum())
    loadings = loadings * np.sign(loadings.sum())
    return (table * loadings).sum(axis=1).reshape(values[0].shape), loadings


def log_index(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Map scores to a positive index by an affine rule, and take logs.

    The smallest score becomes exp(1.23), the largest exp(6.13), the bounds of Table 2. Any affine map keeps the order
    and the spread of the scores; the logarithm then depends on where zero was put, which the paper does not say.
    """
    low, high = np.exp(parameters()["digital_min"]), np.exp(parameters()["digital_max"])
    place = (scores - scores.min()) / (scores.max() - scores.min())
    return np.log(low + (high - low) * place)
