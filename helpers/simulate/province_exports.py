"""Twin of the digital-economy paper: 30 real provinces, 2008 to 2020, carbon embodied in exports from real accounting.

The outcome equation is drawn first; then fuels are scaled so that the accounts of every province and year give exactly
this intensity. Everything in the panel is computed from the rounded raw numbers, so the raw files rebuild it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from helpers.simulate import province_exports_accounts as accounts
from helpers.simulate import province_exports_digital as digital
from helpers.simulate import province_exports_outcome as outcome
from helpers.simulate import province_exports_raw as numbers
from helpers.simulate.files import rounded
from helpers.simulate.noise import autoregressive, two_way_weighted_effect
from helpers.simulate.province_exports_sample import TWIN, YEARS, parameters
from helpers.simulate.worlds import Truth, World, check_request, stream

#: Digits of the panel's columns.
DIGITS = {
    "ln_export_carbon_intensity": 5,
    "ln_digital": 5,
    "ln_gdp_per_capita": 5,
    "ln_openness": 5,
    "ln_energy_structure": 5,
    "ln_capital_intensity": 5,
    "ln_industrial_structure": 5,
    "ln_technology": 5,
    "broadband_per_100": 4,
    "it_employment_share": 4,
    "telecom_per_head": 3,
    "mobile_penetration": 2,
    "inclusive_finance": 2,
}

#: Switches of this twin and what their size means.
SWITCHES = {
    "growing_effects": "change of the direct slope per year, its average over the years kept (default -.02)",
    "diverging_trends": "ln points a year for a province one standard deviation ahead in digital level (default .02)",
    "spillover": "slope of the neighbours' ln digital index, weighted by one over distance (default -.2)",
    "selection": "last year's disturbance of the outcome moves the digital level, share of the way per ln point "
    "(default .1); strict exogeneity fails",
    "confounded_mediator": "standard deviation of an unseen cause of industrial structure and outcome (default .15)",
    "common_shock": "ln points in 2015 for a province one standard deviation ahead (default .3)",
    "second_threshold": "change of the direct slope above ln digital 4.0, and in the plain world also above 5.5 "
    "(default -.03)",
    "no_threshold": "any size: the slope has no regimes (the plain world has none anyway)",
    "no_effect": "share of every effect of the digital level that is taken away (default 1)",
}
DEFAULT_SIZES = {
    "growing_effects": -0.02,
    "diverging_trends": 0.02,
    "spillover": -0.2,
    "selection": 0.1,
    "confounded_mediator": 0.15,
    "common_shock": 0.3,
    "second_threshold": -0.03,
    "no_threshold": 1.0,
    "no_effect": 1.0,
}
#: Why the other switches are left out.
NOT_OFFERED = {
    "cohort_effects": "the digital level is continuous and every province has some from the first year: no cohorts",
    "anticipation": "no date of adoption, so there is no time before it to react in",
}


def draw(base: str = "plain", switches: Mapping[str, float] | None = None, draw: int = 0) -> World:
    """Draw one world of the province exports.

    Parameters
    ----------
    base : str
        ``'plain'`` (one slope, no mediators) or ``'printed'`` (slopes by region and regime, two mediators).
    switches : mapping of str to float, optional
        What to break and how much; see :data:`SWITCHES`.
    draw : int
        0 is the world of the book.

    Returns
    -------
    World
        ``parts`` holds the rounded raw numbers behind the panel.

    Raises
    ------
    ValueError
        For an unknown base or switch or a negative draw.
    """
    switches = dict(switches or {})
    check_request(base, switches, SWITCHES)
    noise = outcome.disturbances(draw)
    controls = outcome.controls(draw)
    feedback = None
    if "selection" in switches:
        feedback = switches["selection"] * np.concatenate([np.zeros((len(noise), 1)), noise[:, :-1]], axis=1)
    raw = numbers.macro_numbers(draw, controls, digital.indicators(draw, digital.level(draw, feedback)))
    shown = numbers.digital_columns(raw)
    ln_digital = digital.log_index(digital.first_component(list(shown.values()))[0])
    cause = _unseen_cause(draw, switches.get("confounded_mediator", 0.0), noise.shape)
    stages = outcome.slopes(base, switches)
    structure, technology = outcome.mediators(draw, ln_digital, stages, cause)
    direct = outcome.direct_slopes(base, switches, ln_digital, structure, technology)
    fixed = outcome.intercept(base) + outcome.background(draw) + cause + noise
    fixed = fixed + sum(parameters()[name] * controls[name] for name in outcome.CONTROLS)
    fixed = fixed + outcome.broken_assumptions(draw, switches, ln_digital)

    def run(rise: float, *, mediators_respond: bool) -> np.ndarray:
        """Return the outcome after every province-year's own index rose; regimes and neighbours as they were."""
        answer = rise if mediators_respond else 0.0
        return (
            fixed
            + direct * (ln_digital + rise)
            + stages.outcome_on_structure * (structure + stages.structure_on_digital * answer)
            + stages.outcome_on_technology * (technology + stages.technology_on_digital * answer)
        )

    ln_intensity = run(0.0, mediators_respond=True)
    raw |= numbers.mediator_numbers(draw, raw["gdp"], structure, technology)
    value_added = np.stack([raw["primary"], raw["secondary"], raw["tertiary"]], axis=-1)
    coal = np.exp(controls["ln_energy_structure"])
    built = accounts.build(draw, value_added, raw["trade"], ln_intensity, coal)
    high = ln_digital.mean(axis=1)
    high = high >= np.sort(high)[-parameters()["high_level"]]
    columns = numbers.log_columns(raw, built)
    columns = {
        "ln_export_carbon_intensity": columns.pop("ln_export_carbon_intensity"),
        "ln_digital": ln_digital,
    } | columns
    panel = numbers.panel_frame(columns | shown)
    panel = rounded(panel, DIGITS).assign(high_digital=np.repeat(high.astype("int64"), len(YEARS)))
    return World(
        name=TWIN,
        base=base,
        switches=switches,
        draw=draw,
        panel=panel,
        complete=panel.copy(),
        parts=numbers.parts(raw, built),
        truth=_truth(base, switches, run, direct, stages, ln_digital),
    )


def _unseen_cause(draw: int, size: float, shape: tuple[int, int]) -> np.ndarray:
    """Draw the persistent cause that moves industrial structure and the outcome alike."""
    return size * autoregressive(stream(TWIN, draw, "unseen cause"), *shape, 0.7)


def _truth(
    base: str,
    switches: Mapping[str, float],
    run: Callable[..., np.ndarray],
    direct: np.ndarray,
    stages: outcome.Slopes,
    ln_digital: np.ndarray,
) -> Truth:
    """Run the world again with a small rise of the index, mediators free and held, and divide by the rise."""
    step = 2.0**-6
    before = run(0.0, mediators_respond=True)
    total = (run(step, mediators_respond=True) - before) / step
    held = (run(step, mediators_respond=False) - before) / step
    p = parameters()
    effects = numbers.panel_frame({"total": total, "direct": held} | {
        name: np.full_like(total, value) for name, value in stages.mediated.items()
    })  # fmt: skip
    effects = effects.rename(columns={"adcode": "unit"}).drop(columns=["province", "province_zh", "region3"])
    regimes = base == "printed" and "no_threshold" not in switches
    limits = {
        "ln_digital": [p["threshold_digital"]] * (regimes or (base == "plain" and "second_threshold" in switches)),
        "ln_industrial_structure": p["thresholds_structure"] * regimes,
        "ln_technology": [p["threshold_technology"]] * regimes,
    }
    if "second_threshold" in switches:
        limits["ln_digital"] = [p["second_threshold_value"], *limits["ln_digital"]]
    coefficients = {name: p[name] for name in outcome.CONTROLS} | {
        "ln_industrial_structure": stages.outcome_on_structure,
        "ln_technology": stages.outcome_on_technology,
        "ln_industrial_structure on ln_digital": stages.structure_on_digital,
        "ln_technology on ln_digital": stages.technology_on_digital,
    }
    if base == "printed":
        region = numbers.provinces()["region3"].to_numpy()
        coefficients |= {f"total, {name}": float(total[region == name].mean()) for name in ("east", "central", "west")}
    if "spillover" in switches:
        coefficients["neighbours' ln_digital"] = switches["spillover"]
    return Truth(
        total=float(total.mean()),
        direct=float(held.mean()),
        two_way_weighted=two_way_weighted_effect(ln_digital, total),
        mediated=stages.mediated if base == "printed" else {},
        thresholds={name: tuple(values) for name, values in limits.items() if values},
        coefficients=coefficients,
        effects=effects,
    )
