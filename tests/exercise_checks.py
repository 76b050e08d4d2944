"""What every graded exercise must do, for the tests of all chapters."""

from types import ModuleType


def check_exercise(check: ModuleType, number: str) -> None:
    """The starter is rejected, the answer accepted, each of at least two mistakes named, nonsense refused."""
    grade, expected = getattr(check, f"ex_{number}"), getattr(check, f"expected_{number}")()
    mistakes = getattr(check, f"mistakes_{number}")()
    assert not grade(...)
    assert grade(expected)
    assert len({str(mistake.value) for mistake in mistakes}) == len(mistakes) >= 2
    for mistake in mistakes:
        verdict = grade(mistake.value)
        assert not verdict and verdict.message == mistake.message
    assert not grade("nonsense") and not grade(-1)
