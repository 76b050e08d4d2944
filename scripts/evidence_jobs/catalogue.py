"""All tables of evidence."""

from collections.abc import Iterable
from importlib.util import find_spec

from evidence_jobs import Evidence, kind, moments, other_methods, recovery, switches
from helpers.simulate import TWINS


def catalogue(twins: Iterable[str] = TWINS) -> dict[str, Evidence]:
    """Return the tables of evidence of some twins by name."""
    there = [twin for twin in twins if find_spec(f"helpers.simulate.{twin}_moments")]
    made = [module.table(twin) for twin in there for module in (recovery, moments, kind, switches, other_methods)]
    return {entry.name: entry for entry in made}
