"""Parameters of the twins: one TOML file each, every value with the printed cell that pins it, or the reason.

    [effect]
    value = -0.0475
    unit = "carbon intensity"
    cell = "T1 | (2) | CBEC | coef"     # table | column | term | statistic, as in the published tables
    why = "the effect of the plain world"

A parameter without ``cell`` is an assumption of ours; ``why`` says where it comes from.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pandas as pd

from helpers.simulate import TWINS

FOLDER = Path(__file__).resolve().parent


class Parameters(Mapping[str, Any]):
    """The values of one parameter file by name; :meth:`table` also shows unit, printed cell and reason."""

    def __init__(self, twin: str, entries: Mapping[str, Mapping[str, Any]]) -> None:
        """Keep the entries; every one needs ``value``, ``unit`` and ``why``."""
        for name, entry in entries.items():
            missing = [key for key in ("value", "unit", "why") if key not in entry]
            unknown = sorted(set(entry) - {"value", "unit", "why", "cell"})
            if missing or unknown:
                raise ValueError(f"{twin}.toml, [{name}]: lacks {missing or 'nothing'}, unknown {unknown or 'nothing'}")
        self.twin = twin
        self._entries = MappingProxyType(dict(entries))

    def __getitem__(self, name: str) -> Any:
        """Return the value of a parameter; ``KeyError`` names the file."""
        if name not in self._entries:
            raise KeyError(f"{self.twin}.toml has no parameter {name!r}")
        return self._entries[name]["value"]

    def __iter__(self) -> Iterator[str]:
        """Iterate over the names in the order of the file."""
        return iter(self._entries)

    def __len__(self) -> int:
        """Return the number of parameters."""
        return len(self._entries)

    def table(self) -> pd.DataFrame:
        """Return one row a parameter: ``parameter``, ``value``, ``unit``, ``cell`` (blank: an assumption), ``why``."""
        rows = [
            {"parameter": name, "value": e["value"], "unit": e["unit"], "cell": e.get("cell", ""), "why": e["why"]}
            for name, e in self._entries.items()
        ]
        return pd.DataFrame(rows, columns=["parameter", "value", "unit", "cell", "why"])


@cache
def load_parameters(twin: str) -> Parameters:
    """Return the parameters of a twin.

    Raises
    ------
    ValueError
        For an unknown twin or an entry that lacks its value, unit or reason.
    """
    if twin not in TWINS:
        raise ValueError(f"unknown twin {twin!r}; there are {', '.join(TWINS)}")
    return Parameters(twin, tomllib.loads((FOLDER / f"{twin}.toml").read_text(encoding="utf-8")))
