"""What the tests of the site measure and never judge: sizes, said once at the end of the run."""

_NOTES: dict[str, tuple[float, str]] = {}


def note(what: str, kilobytes: float, where: str = "") -> None:
    """Keep the largest value of a measure and the place where it was seen."""
    if what not in _NOTES or kilobytes > _NOTES[what][0]:
        _NOTES[what] = (kilobytes, where)


def notes() -> dict[str, tuple[float, str]]:
    """Everything noted in this process."""
    return dict(_NOTES)
