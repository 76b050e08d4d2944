"""Equation 1 of each paper, as its twin's panel names the columns."""

import importlib
from dataclasses import dataclass
from types import ModuleType


@dataclass(frozen=True)
class Equation:
    """Outcome, treatment and controls of a paper's first equation, its groupings, and the paper's own shorter one."""

    outcome: str
    treatment: str
    controls: tuple[str, ...]
    other_effects: tuple[str, ...]
    unit: str = "adcode"
    time: str = "year"


#: ``other_effects`` are those that the printed tables seem to use instead of units and years, or beside them.
EQUATIONS = {
    "city_carbon": Equation(
        "carbon_intensity",
        "treated",
        ("ln_gdp_per_capita", "urban_share", "fiscal_share", "ln_internet_users", "road_area_per_capita"),
        ("adcode",),
    ),
    "city_sulfur": Equation(
        "so2",
        "treated",
        ("gdp_per_capita", "secondary_share", "urban_share", "loans_to_gdp", "fiscal_share"),
        ("province_zh", "year"),
    ),
    "province_exports": Equation(
        "ln_export_carbon_intensity",
        "ln_digital",
        ("ln_gdp_per_capita", "ln_openness", "ln_energy_structure", "ln_capital_intensity"),
        ("adcode",),
    ),
}


def twin_module(twin: str) -> ModuleType:
    """Return the module that draws a twin."""
    return importlib.import_module(f"helpers.simulate.{twin}")


def estimating(twin: str) -> tuple[str, ...]:
    """Modules behind an estimate on a twin: the twin, the fast core, the equations."""
    return (f"helpers.simulate.{twin}", "helpers.fast_panel", "evidence_jobs.equations")
