"""The weights against the identities they come from and against diff-diff's implementation."""

import warnings

import diff_diff
import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from helpers import datasets, panel, weights


def design(starts, first_year=2000, n_years=10) -> pd.DataFrame:
    """One unit a start year; None is never treated."""
    years = np.arange(first_year, first_year + n_years)
    frame = pd.DataFrame({"adcode": np.repeat(np.arange(len(starts)), n_years), "year": np.tile(years, len(starts))})
    start = np.repeat([np.inf if s is None else float(s) for s in starts], n_years)
    return frame.assign(treated=(frame["year"] >= start).astype(int), start=start)


def with_outcome(frame: pd.DataFrame, seed: int = 3) -> pd.DataFrame:
    return frame.assign(
        y=np.random.default_rng(seed).normal(size=len(frame)) + frame["year"] * 0.3 + frame["adcode"] % 7
    )


def coefficient(frame: pd.DataFrame) -> float:
    """Least squares on unit and year dummies, no formula of the module under test involved."""
    dummies = [pd.get_dummies(frame[c], dtype=float).iloc[:, i:] for i, c in enumerate(["adcode", "year"])]
    x = np.column_stack([frame["treated"], *dummies])
    return float(np.linalg.lstsq(x, frame["y"].to_numpy(), rcond=None)[0][0])


@pytest.fixture(scope="module")
def rollout() -> pd.DataFrame:
    prefectures = datasets.load_prefectures()
    cities = prefectures.loc[prefectures["type"].isin(["地级市", "直辖市"]), "adcode"]
    return panel.treatment_panel(datasets.load_pilot_zones(), cities, range(2010, 2023))


STAGGERED = [2003, 2003, 2005, 2008, 2008, 2008, None, None]


def test_comparisons_add_up_to_the_coefficient_on_the_real_rollout(rollout):
    frame = with_outcome(rollout)
    table = weights.comparison_weights(frame, outcome="y")
    assert table["weight"].sum() == pytest.approx(1, abs=1e-12)
    assert (table["weight"] * table["estimate"]).sum() == pytest.approx(coefficient(frame), abs=1e-10)


start_lists = st.lists(st.sampled_from([None, 2000, 2002, 2003, 2006, 2009]), min_size=2, max_size=9)


@settings(deadline=None, max_examples=60)
@given(start_lists, st.integers(0, 10**6))
def test_both_identities_for_any_design(starts, seed):
    frame = with_outcome(design(starts), seed)
    assume(any(s not in (None, 2000) for s in starts) and len(set(starts)) > 1)
    table = weights.comparison_weights(frame, outcome="y")
    assert (table["weight"] >= -1e-15).all()
    assert (table["weight"] * table["estimate"]).sum() == pytest.approx(coefficient(frame), abs=1e-8)
    # effects that differ by unit-year and no noise: the coefficient is the weighted average of the effects
    cells = weights.unit_year_weights(frame)
    effect = np.random.default_rng(seed).normal(size=len(frame))
    clean = frame.assign(effect=effect, y=effect * frame["treated"] + frame["year"] * 0.3 + frame["adcode"])
    merged = cells.merge(clean, on=["adcode", "year"])
    assert (merged["weight"] * merged["effect"]).sum() == pytest.approx(coefficient(clean), abs=1e-8)


def test_against_diff_diff_goodman_bacon(rollout):
    for frame in (design(STAGGERED), rollout.assign(start=rollout["cohort"].astype(float).fillna(np.inf))):
        frame = with_outcome(frame)
        theirs = diff_diff.BaconDecomposition(weights="exact").fit(
            frame, outcome="y", unit="adcode", time="year", first_treat="start"
        )
        theirs = theirs.to_dataframe()
        ours = weights.comparison_weights(frame, outcome="y")
        assert len(ours) == len(theirs)
        np.testing.assert_allclose(np.sort(ours["weight"]), np.sort(theirs["weight"]), atol=1e-10)
        np.testing.assert_allclose(np.sort(ours["estimate"]), np.sort(theirs["estimate"]), atol=1e-8)
        forbidden = theirs.loc[theirs["comparison_type"] == "later_vs_earlier", "weight"].sum()
        assert ours.loc[ours["forbidden"], "weight"].sum() == pytest.approx(forbidden, abs=1e-10)


def test_against_diff_diff_cell_weights():
    frame = with_outcome(design([2002, 2002, 2004, 2007, None], n_years=9))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = diff_diff.twowayfeweights(frame, outcome="y", unit="adcode", time="year", treatment="treated")
    ours = weights.unit_year_weights(frame)
    # the library lists every cell; the theorem's weights are those of the treated cells
    merged = ours.merge(theirs.weights, on=["adcode", "year"], suffixes=("", "_theirs"))
    assert len(merged) == len(ours)
    np.testing.assert_allclose(merged["weight"], merged["weight_theirs"], atol=1e-10)
    assert weights.summarise_weights(ours)["share_negative"] == pytest.approx(theirs.fraction_negative, abs=1e-12)
    assert coefficient(frame) == pytest.approx(theirs.beta_fe, abs=1e-10)


def test_without_never_treated_some_weights_are_negative_and_by_hand():
    """Two units, three years, adoption in year 2 and 3: d by hand gives the weights 1, -1/2 and 1/2."""
    frame = design([2001, 2002], n_years=3)
    cells = weights.unit_year_weights(frame).set_index(["adcode", "year"])["weight"]
    # D = [[0,1,1],[0,0,1]]; unit means 2/3, 1/3; year means 0, 1/2, 1; mean 1/2
    d = {(0, 2001): 1 - 2 / 3 - 1 / 2 + 1 / 2, (0, 2002): 1 - 2 / 3 - 1 + 1 / 2, (1, 2002): 1 - 1 / 3 - 1 + 1 / 2}
    for cell, value in d.items():
        assert cells[cell] == pytest.approx(value / sum(d.values()))
    summary = weights.summarise_weights(cells.reset_index())
    assert summary["negative_cells"] == 1 and summary["sum"] == pytest.approx(1)
    assert summary["sum_negative"] == pytest.approx(-1 / 2) and summary["sum_positive"] == pytest.approx(3 / 2)


def test_one_cohort_and_never_treated_is_one_clean_comparison():
    table = weights.comparison_weights(design([2004, 2004, None]))
    assert table["weight"].tolist() == [1.0] and not table["forbidden"].any() and "estimate" not in table


def test_types_of_comparison():
    table = weights.comparison_weights(design([2000, 2003, 2006, None]))
    assert set(table["comparison"]) == {
        "treated vs never treated", "treated vs always treated", "earlier vs later treated", "later vs earlier treated",
    }  # fmt: skip
    assert table.loc[table["comparison"] == "treated vs always treated", "forbidden"].all()
    assert table["control_cohort"].isna().sum() == 4
    shares = weights.comparison_shares(table)
    assert shares.sum() == pytest.approx(1) and shares.is_monotonic_decreasing


@pytest.mark.parametrize(
    ("starts", "message"),
    [
        ([None, None], "constant"),
        ([2000, 2000], "constant"),
        ([2004, 2004], "switch together"),
        ([2000, None], "absorb"),
    ],
)
def test_designs_without_information(starts, message):
    for function in (weights.unit_year_weights, weights.comparison_weights):
        with pytest.raises(ValueError, match=message):
            function(design(starts))


def test_bad_input():
    frame = with_outcome(design(STAGGERED))
    with pytest.raises(ValueError, match="unbalanced"):
        weights.comparison_weights(frame.iloc[1:])
    with pytest.raises(ValueError, match="switches off"):
        weights.unit_year_weights(frame.assign(treated=1 - frame["treated"]))
    with pytest.raises(ValueError, match="not a column"):
        weights.comparison_weights(frame, outcome="z")
    with pytest.raises(ValueError, match="missing values"):
        weights.comparison_weights(frame.assign(y=np.nan), outcome="y")
    with pytest.raises(ValueError, match="not to one"):
        weights.summarise_weights(pd.DataFrame({"weight": [0.5, 0.1]}))
