"""Input-output tables, output, exports and fuels of 30 provinces, and the carbon embodied in exports they imply.

Embodied intensity of exports: direct coefficients c (CO2 over output), technical coefficients A, exports e,

    CIE = c' (I - A)^-1 e / sum(e).

Fuels are scaled so that the accounts give the intensity that the outcome equation asks for; CIE is linear in c. All
numbers are rounded as the raw files show them *before* the intensity is computed, so these files give the panel's own
outcome.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from helpers import datasets
from helpers.simulate.noise import autoregressive
from helpers.simulate.province_exports_sample import TWIN, YEARS, development, parameters, provinces
from helpers.simulate.worlds import stream

Array = NDArray[np.float64]
SECTORS = (
    "agriculture",
    "mining",
    "light_manufacturing",
    "materials",
    "equipment",
    "utilities",
    "construction",
    "services",
)
FUELS = ("coal", "coke", "gasoline", "kerosene", "diesel", "fuel_oil", "natural_gas")
IPCC_NAMES = (
    "other bituminous coal",
    "coke",
    "motor gasoline",
    "other kerosene",
    "gas/diesel oil",
    "residual fuel oil",
    "natural gas",
)
BENCHMARKS = (2007, 2012, 2017)

# Typical technical coefficients (use of the row's product per unit of the column's output), sectors in the order above.
_COEFFICIENTS = np.array([
    [0.14, 0.00, 0.22, 0.02, 0.00, 0.00, 0.01, 0.01],
    [0.00, 0.08, 0.00, 0.16, 0.01, 0.20, 0.02, 0.00],
    [0.08, 0.01, 0.28, 0.02, 0.02, 0.00, 0.01, 0.05],
    [0.08, 0.08, 0.09, 0.34, 0.24, 0.06, 0.30, 0.05],
    [0.01, 0.06, 0.02, 0.04, 0.32, 0.05, 0.07, 0.05],
    [0.01, 0.05, 0.02, 0.05, 0.02, 0.22, 0.01, 0.02],
    [0.00, 0.00, 0.00, 0.00, 0.00, 0.00, 0.02, 0.02],
    [0.07, 0.12, 0.11, 0.10, 0.12, 0.13, 0.16, 0.25],
])  # fmt: skip
# Shares of the secondary sector's value added: mining, light, materials, equipment, utilities, construction.
_SECONDARY = np.array([0.09, 0.22, 0.26, 0.22, 0.06, 0.15])
_EXPORTED = np.array([0.02, 0.01, 0.34, 0.14, 0.42, 0.001, 0.004, 0.065])
# Energy per output (relative), and its split over coal, coke, gasoline, kerosene, diesel, fuel oil, natural gas.
_ENERGY = np.array([0.12, 0.60, 0.14, 0.95, 0.10, 3.2, 0.06, 0.22])
_MIX = np.array([
    [0.35, 0.01, 0.12, 0.00, 0.50, 0.00, 0.02],
    [0.70, 0.01, 0.02, 0.00, 0.12, 0.01, 0.14],
    [0.70, 0.01, 0.04, 0.00, 0.08, 0.05, 0.12],
    [0.55, 0.26, 0.02, 0.00, 0.03, 0.05, 0.09],
    [0.40, 0.10, 0.12, 0.01, 0.14, 0.04, 0.19],
    [0.94, 0.00, 0.00, 0.00, 0.005, 0.005, 0.05],
    [0.20, 0.00, 0.20, 0.00, 0.55, 0.02, 0.03],
    [0.15, 0.00, 0.30, 0.10, 0.33, 0.05, 0.07],
])  # fmt: skip


@dataclass(frozen=True)
class Accounts:
    """Rounded accounts: arrays by province, year or benchmark, sector (and fuel)."""

    output: Array  # (province, year, sector), 10^8 yuan
    exports: Array  # (province, year, sector), 1,000 US dollars
    fuels: Array  # (province, year, sector, fuel), 10^4 t; natural gas 10^8 m3
    total_energy: Array  # (province, year), 10^4 t of standard coal
    flows: Array  # (province, benchmark, sector, sector), 10^8 yuan
    benchmark_output: Array  # (province, benchmark, sector), 10^8 yuan
    intensity: Array  # (province, year), t CO2 per million yuan of exports
    coal_share: Array  # (province, year)


@cache
def emission_factors() -> Array:
    r"""Return t CO2 per t of fuel (natural gas: per 10^4 m3): 44/12 x carbon content x calorific value.

    Carbon contents are the defaults of the IPCC; calorific values are the Chinese standard-coal coefficients. The
    factors the paper prints (Table 1) are not used: two of seven are labelled diesel, and 3.714 t CO2 per t is more
    than pure carbon gives (44/12).
    """
    p = parameters()
    table = datasets.load_fuel_factors().set_index("fuel")["carbon_content"]
    carbon = np.array([table[name] for name in IPCC_NAMES])
    return 44 / 12 * carbon * np.array(p["standard_coal"]) * p["gigajoule_per_standard_coal"] / 1000


def inverse(matrices: Array) -> Array:
    """Invert matrices of shape (..., n, n) by Gauss-Jordan elimination, elementwise and without pivoting.

    I - A of a productive table has positive pivots, so none has to be searched for.
    """
    size = matrices.shape[-1]
    table = np.concatenate([matrices, np.broadcast_to(np.eye(size), matrices.shape)], axis=-1)
    for k in range(size):
        row = table[..., k, :] / table[..., k, k][..., None]
        factor = table[..., :, k].copy()
        factor[..., k] = 0.0
        table = table - factor[..., None] * row[..., None, :]
        table[..., k, :] = row
    return table[..., size:]


def interpolated(benchmarks: Array) -> Array:
    """Return coefficients of every year: linear between two benchmark tables, the last one held after it."""
    found = []
    for year in YEARS:
        later = next((k for k, one in enumerate(BENCHMARKS) if one >= year), len(BENCHMARKS) - 1)
        earlier = max(later - 1, 0) if year < BENCHMARKS[-1] else later
        span = BENCHMARKS[later] - BENCHMARKS[earlier]
        share = (year - BENCHMARKS[earlier]) / span if span else 0.0
        found.append(benchmarks[:, earlier] * (1 - share) + benchmarks[:, later] * share)
    return np.stack(found, axis=1)


def embodied_intensity(direct: Array, coefficients: Array, exports: Array) -> Array:
    """Return c' (I - A)^-1 e / sum(e) for arrays of shape (..., n), (..., n, n), (..., n)."""
    multipliers = (direct[..., :, None] * inverse(np.eye(len(SECTORS)) - coefficients)).sum(axis=-2)
    return (multipliers * exports).sum(axis=-1) / exports.sum(axis=-1)


def build(draw: int, value_added: Array, trade: Array, ln_intensity: Array, coal_share: Array) -> Accounts:
    """Build the accounts of one world.

    Parameters
    ----------
    draw : int
    value_added : array (province, year, 3)
        Of the primary, secondary and tertiary sector, 10^8 yuan.
    trade : array (province, year)
        Exports plus imports, 1,000 US dollars.
    ln_intensity : array (province, year)
        What the accounts shall give, ln (t CO2 per million yuan).
    coal_share : array (province, year)
        What the fuels shall give: standard coal from coal over all energy.
    """
    generator = stream(TWIN, draw, "accounts")
    units, sectors = len(provinces()), len(SECTORS)
    drawn = _COEFFICIENTS * np.exp(0.25 * generator.standard_normal((units, 1, sectors, sectors)))
    drawn = drawn * np.exp(0.10 * generator.standard_normal((units, len(BENCHMARKS), sectors, sectors)))
    size = drawn.sum(axis=-2, keepdims=True)
    drawn = np.where(size > 0.82, drawn * 0.82 / size, drawn)
    parts = _SECONDARY * np.exp(0.3 * generator.standard_normal((units, 1, len(_SECONDARY))))
    parts = parts / parts.sum(axis=-1, keepdims=True)
    added = np.concatenate([value_added[..., :1], value_added[..., 1:2] * parts, value_added[..., 2:]], axis=-1)
    output = np.round(added / (1 - interpolated(drawn).sum(axis=-2)), 2)
    at = [YEARS.index(year) for year in BENCHMARKS[1:]]
    first = np.round(output[:, :1] / parameters()["growth_2007"], 2)
    benchmark_output = np.concatenate([first, output[:, at]], axis=1)
    flows = np.round(drawn * benchmark_output[:, :, None, :], 4)
    coefficients = interpolated(flows / benchmark_output[:, :, None, :])
    exports = _exports(generator, trade)
    energy = _energy(generator, output)
    fuels = energy[..., None] * _MIX * np.exp(0.2 * generator.standard_normal((units, 1, sectors, len(FUELS))))
    standard = np.array(parameters()["standard_coal"])
    other_energy = _electricity(generator) * fuels[..., 1:].sum(axis=(-1, -2))
    rest = fuels[..., 1:].sum(axis=(-1, -2)) + other_energy
    coal = fuels[..., 0].sum(axis=-1)
    fuels[..., 0] = fuels[..., 0] * (coal_share / (1 - coal_share) * rest / coal)[..., None]
    physical = fuels / standard
    reached = _intensity(physical, output, coefficients, exports)
    scale = np.exp(ln_intensity) / reached
    physical = np.round(physical * scale[..., None, None], 4)
    total = np.round(_standard(physical).sum(axis=(-1, -2)) + other_energy * scale, 2)
    return Accounts(
        output=output,
        exports=exports,
        fuels=physical,
        total_energy=total,
        flows=flows,
        benchmark_output=benchmark_output,
        intensity=_intensity(physical, output, coefficients, exports),
        coal_share=_standard(physical)[..., 0].sum(axis=-1) / total,
    )


def _exports(generator: np.random.Generator, trade: Array) -> Array:
    """Split trade into exports and imports, and exports into sectors; whole thousands of dollars, at least one."""
    units, periods = trade.shape
    share = 0.52 + 0.08 * np.clip(generator.standard_normal((units, 1)), -2, 2)
    share = share + 0.02 * np.clip(generator.standard_normal((units, periods)), -2, 2)
    parts = _EXPORTED * np.exp(0.5 * generator.standard_normal((units, 1, len(_EXPORTED))))
    parts = parts * np.exp(0.1 * generator.standard_normal((units, periods, len(_EXPORTED))))
    parts = parts / parts.sum(axis=-1, keepdims=True)
    return np.maximum(np.round(trade[..., None] * share[..., None] * parts), 1.0)


def _energy(generator: np.random.Generator, output: Array) -> Array:
    """Energy of each sector before it is scaled, in standard coal."""
    units, periods, sectors = output.shape
    own = np.exp(0.3 * generator.standard_normal((units, 1, sectors)))
    wobble = [autoregressive(generator, units, periods, 0.7, 0.08) for _ in range(sectors)]
    return output * _ENERGY * own * np.exp(np.stack(wobble, axis=-1))


def _electricity(generator: np.random.Generator) -> Array:
    """Water, wind and nuclear power over fuels other than coal; largest in the south-west."""
    table = provinces()
    rivers = table["adcode"].isin([420000, 510000, 530000, 450000, 520000, 630000]).to_numpy(dtype=float)
    share = 0.15 + 0.5 * rivers + 0.1 * generator.random(len(table))
    return share[:, None] * np.linspace(0.8, 1.4, len(YEARS))


def _standard(fuels: Array) -> Array:
    """Turn physical fuels into 10^4 t of standard coal: 10^4 t times t per t, 10^8 m3 times t per 10^4 m3."""
    return fuels * np.array(parameters()["standard_coal"])


def _intensity(fuels: Array, output: Array, coefficients: Array, exports: Array) -> Array:
    """Return t CO2 per million yuan: 10^4 t over 10^8 yuan is t over 10^4 yuan, times 100."""
    carbon = (fuels * emission_factors()).sum(axis=-1)
    return 100 * embodied_intensity(carbon / output, coefficients, exports)


def primary_share(draw: int) -> Array:
    """Draw the primary sector's share of value added: small where developed, shrinking."""
    generator = stream(TWIN, draw, "primary share")
    units, periods = len(provinces()), len(YEARS)
    level = -2.3 - 0.6 * development(draw) + 0.3 * generator.standard_normal(units)
    path = level[:, None] - 0.4 * np.linspace(0, 1, periods)
    return np.minimum(np.exp(path + autoregressive(generator, units, periods, 0.7, 0.05)), 0.3)
