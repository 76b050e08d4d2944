"""Labels of data: known, required, and decided by the weakest source."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import kinds

LABELS = st.sampled_from([*kinds.KINDS, kinds.REAL_AND_PUBLISHED])


@pytest.mark.parametrize(
    ("given_kinds", "label"),
    [
        (["real"], "real"),
        (["published"], "published"),
        (["local"], "local"),
        (["simulated"], "simulated"),
        (["real", "published"], "real and published"),
        (["published", "real", "real"], "real and published"),
        (["real", "local"], "local"),
        (["local", "published"], "local"),
        (["local", "simulated"], "simulated"),
        (["real", "published", "simulated"], "simulated"),
        (["real and published", "real"], "real and published"),
        (["real and published", "simulated"], "simulated"),
    ],
)
def test_the_weakest_source_decides(given_kinds: list[str], label: str) -> None:
    assert kinds.combine(*given_kinds) == label
    assert kinds.combine(given_kinds) == label


@pytest.mark.parametrize("bad", ["", None, "Real", "synthetic", 3, "simulated "])
def test_an_unknown_label_is_named(bad: object) -> None:
    with pytest.raises(ValueError, match="kind of data"):
        kinds.check_kind(bad)
    with pytest.raises(ValueError, match="real, published, simulated, local"):
        kinds.combine("simulated", bad)


def test_no_label_is_no_answer() -> None:
    for nothing in ((), ([],), ([], [])):
        with pytest.raises(ValueError, match="no kind of data given"):
            kinds.combine(*nothing)


@settings(deadline=None)
@given(st.lists(LABELS, min_size=1), st.randoms())
def test_order_repetition_and_grouping_do_not_matter(labels: list[str], random: object) -> None:
    label = kinds.combine(labels)
    shuffled = list(labels) * 2
    random.shuffle(shuffled)
    assert kinds.combine(shuffled) == label
    assert kinds.combine(*labels) == label
    cut = len(labels) // 2
    parts = [part for part in (labels[:cut], labels[cut:]) if part]
    assert kinds.combine(*(kinds.combine(part) for part in parts)) == label


@settings(deadline=None)
@given(st.lists(LABELS, min_size=1))
def test_a_simulated_source_is_never_lost(labels: list[str]) -> None:
    assert (kinds.combine(labels) == "simulated") == ("simulated" in labels)
