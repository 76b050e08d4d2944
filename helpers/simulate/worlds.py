"""What every twin has: a world, its truth, its switches and its streams of random numbers.

A *world* is one draw of a twin. Its *truth* is computed by running the same world and the same noise once more with the
treatment switched, so it needs no estimator. A *switch* breaks one assumption at a time and touches no other draw: each
component has a random stream of its own, named after it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
import pandas as pd

from helpers import seeds

#: Base worlds: ``plain`` keeps every assumption (one constant effect), ``printed`` follows the papers' tables.
BASES = ("plain", "printed")

#: What each switch breaks. Its size is a number whose meaning the twin's parameter file states.
SWITCHES: Mapping[str, str] = MappingProxyType(
    {
        "growing_effects": "the effect grows with the years of exposure",
        "cohort_effects": "early cohorts have another effect than late ones",
        "anticipation": "the outcome reacts before the approval",
        "diverging_trends": "treated units follow another trend without any treatment",
        "spillover": "untreated neighbours react, the closer the more",
        "selection": "units are chosen for what happened to their outcome",
        "confounded_mediator": "one unseen cause moves the mediator and the outcome",
        "common_shock": "one shock of a single year hits units like the treated ones",
        "second_threshold": "the effect changes at two thresholds instead of one",
        "no_threshold": "the effect changes at no threshold",
        "no_effect": "nothing has any effect",
    }
)


@dataclass(frozen=True)
class Truth:
    """What is true in one world, known before anything is estimated.

    Attributes
    ----------
    total : float
        Average effect on the treated unit-years of the regression sample (or, for a continuous treatment, the average
        slope), everything included: outcome of the world minus outcome of the same world and noise without treatment.
    direct : float
        The part that goes through no mediator.
    mediated : mapping of str to float
        The part that goes through each mediator; with `direct` it sums to `total`.
    two_way_weighted : float
        The average of the same effects under the weights of two-way fixed effects without controls.
    thresholds : mapping of str to tuple of float
        Values at which an effect changes, by threshold variable.
    coefficients : mapping of str to float
        Slopes of the outcome equation.
    effects : pandas.DataFrame
        One row a treated unit-year with its effect (``unit``, ``year``, ``total``, ``direct``, one column a mediator).
    """

    total: float
    direct: float
    two_way_weighted: float
    mediated: Mapping[str, float] = field(default_factory=dict)
    thresholds: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    coefficients: Mapping[str, float] = field(default_factory=dict)
    effects: pd.DataFrame | None = None

    def table(self) -> pd.DataFrame:
        """Return all numbers as a table with the columns ``quantity`` and ``value``."""
        rows = [("total", self.total), ("direct", self.direct), ("two_way_weighted", self.two_way_weighted)]
        rows += [(f"mediated: {name}", value) for name, value in self.mediated.items()]
        rows += [
            (f"threshold: {name} {i}", v) for name, values in self.thresholds.items() for i, v in enumerate(values, 1)
        ]
        rows += [(f"coefficient: {name}", value) for name, value in self.coefficients.items()]
        return pd.DataFrame(rows, columns=["quantity", "value"])


@dataclass(frozen=True)
class World:
    """One draw of a twin.

    Attributes
    ----------
    name, base : str
        The twin and the base world.
    switches : mapping of str to float
        The switches that are on, with their sizes.
    draw : int
        0 is the world of the book, from the master seed; 1, 2, ... are other draws.
    panel : pandas.DataFrame
        The analysis panel with its missing cells, rounded as it is stored.
    complete : pandas.DataFrame
        The same panel before cells went missing.
    parts : mapping of str to pandas.DataFrame
        What lies behind the panel, for the raw files (energy use, employment, input-output tables).
    truth : Truth
        What is true in this world.
    """

    name: str
    base: str
    switches: Mapping[str, float]
    draw: int
    panel: pd.DataFrame
    complete: pd.DataFrame
    parts: Mapping[str, pd.DataFrame]
    truth: Truth


def check_request(base: str, switches: Mapping[str, float], offered: Mapping[str, str] | tuple[str, ...]) -> None:
    """Refuse a base world or a switch that a twin does not have.

    Raises
    ------
    ValueError
        That names the unknown base or switch and what there is.
    """
    if base not in BASES:
        raise ValueError(f"unknown base world {base!r}; use {' or '.join(BASES)}")
    unknown = sorted(set(switches) - set(offered))
    if unknown:
        raise ValueError(f"unknown switch {', '.join(map(repr, unknown))}; this twin has {', '.join(offered)}")
    wrong = [name for name, size in switches.items() if not np.isfinite(size)]
    if wrong:
        raise ValueError(f"the size of switch {wrong[0]!r} must be a finite number")


def stream(twin: str, draw: int, component: str) -> np.random.Generator:
    """Return the random generator of one component of one draw.

    Components never share numbers, so a switch that changes one leaves all others as they were.

    Raises
    ------
    ValueError
        If `draw` is negative.
    """
    if draw < 0:
        raise ValueError(f"draws are counted from 0, not {draw}")
    return seeds.generator(f"simulate/{twin}/{draw}/{component}")
