"""The fast core: equal to linearmodels and to least squares on dummies, for every rule, balanced or not."""

import itertools

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.fast_panel import fast_regression, fit_many, prepare
from helpers.panel_regression import DEGREES_OF_FREEDOM_RULES, FewClustersWarning, panel_regression

REGRESSORS = ["d", "x1", "x2"]
WAYS = [
    *itertools.product(["clustered"], DEGREES_OF_FREEDOM_RULES),
    ("classical", "dummies"),
    ("heteroskedastic", "dummies"),
]


def made(units=48, years=9, dropped=0, seed=1):
    """Units in 24 provinces, three cohorts, two controls, persistent disturbances; some rows missing."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(list(itertools.product(range(units), range(years))), columns=["adcode", "year"])
    frame["province"] = frame["adcode"] % 24
    frame["d"] = ((frame["adcode"] % 3 == 0) & (frame["year"] >= 3 + frame["adcode"] % 4)).astype(int)
    frame["x1"] = rng.normal(size=len(frame)) + frame["adcode"] / 9
    frame["x2"] = rng.gamma(2.0, size=len(frame)) * (1 + frame["year"])
    noise = rng.normal(size=(units, years)).cumsum(axis=1).ravel()
    frame["y"] = frame["adcode"] / 5 + 0.3 * frame["year"] - 0.5 * frame["d"] + 0.2 * frame["x1"] + noise
    kept = np.sort(rng.permutation(len(frame))[dropped:])
    return frame.iloc[kept].reset_index(drop=True)


@pytest.fixture(scope="module", params=[0, 60], ids=["balanced", "unbalanced"])
def panel(request):
    return made(dropped=request.param)


def same(ours, theirs):
    np.testing.assert_allclose(ours.table.to_numpy(), theirs.table.to_numpy(), rtol=1e-8, atol=1e-10)
    np.testing.assert_allclose(ours.covariance, theirs.covariance.to_numpy(), rtol=1e-8, atol=1e-12)
    for name in ("errors", "degrees_of_freedom_rule", "observations", "dropped_rows", "counted_parameters",
                 "t_degrees_of_freedom", "clusters", "treated_clusters"):  # fmt: skip
        assert getattr(ours, name) == getattr(theirs, name), name


# --- second implementations ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("errors", "rule"), WAYS)
@pytest.mark.parametrize("cluster", [None, "province"])
def test_equals_linearmodels_with_unit_and_time(panel, errors, rule, cluster):
    theirs = panel_regression(panel, "y", REGRESSORS, unit="adcode", time="year", errors=errors,
                              degrees_of_freedom=rule, cluster=cluster, treated="d")  # fmt: skip
    ours = fast_regression(panel, "y", REGRESSORS, errors=errors, dof=rule, cluster=cluster, treated="d")
    same(ours, theirs)
    assert ours.estimate == ours.table.loc["d", "estimate"]
    assert ours.standard_error == ours.table.loc["d", "standard_error"]


@pytest.mark.parametrize("effects", [("unit",), ("time",), ()])
@pytest.mark.parametrize(("errors", "rule"), WAYS)
def test_equals_linearmodels_with_fewer_effects(panel, effects, errors, rule):
    theirs = panel_regression(panel, "y", REGRESSORS, unit="adcode", time="year", errors=errors, effects=effects,
                              degrees_of_freedom=rule, cluster="adcode")  # fmt: skip
    columns = [{"unit": "adcode", "time": "year"}[name] for name in effects]
    same(fast_regression(panel, "y", REGRESSORS, effects=columns, errors=errors, dof=rule, cluster="adcode"), theirs)


@pytest.mark.parametrize("errors", ["clustered", "classical", "heteroskedastic"])
def test_province_and_year_effects_equal_least_squares_on_dummies(panel, errors):
    """Two groupings that are not unit and time; against dummies in statsmodels."""
    dummies = pd.get_dummies(panel[["province", "year"]].astype(str), dtype=float)
    dummies = dummies.drop(columns=[dummies.columns[0], "year_0"])
    design = sm.add_constant(pd.concat([panel[REGRESSORS].astype(float), dummies], axis=1))
    options = {
        "clustered": {"cov_type": "cluster", "cov_kwds": {"groups": panel["province"]}, "use_t": True},
        "classical": {},
        "heteroskedastic": {"cov_type": "HC1", "use_t": True},
    }[errors]
    theirs = sm.OLS(panel["y"], design).fit(**options)
    ours = fast_regression(panel, "y", REGRESSORS, effects=["province", "year"], errors=errors, dof="dummies")
    for column, values in (("estimate", theirs.params), ("standard_error", theirs.bse), ("p", theirs.pvalues)):
        np.testing.assert_allclose(ours.table[column], values[REGRESSORS], rtol=1e-8, atol=1e-12)


def test_rows_with_gaps_are_left_out_and_counted(panel):
    gaps = panel.assign(x1=panel["x1"].where(panel.index % 17 > 0))
    ours = fast_regression(gaps, "y", REGRESSORS)
    same(ours, panel_regression(gaps, "y", REGRESSORS, unit="adcode", time="year"))
    assert ours.dropped_rows == panel.index.size - ours.observations > 0


# --- batches ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("errors", "rule"), WAYS)
@pytest.mark.parametrize("shape", [(3, 7), (7, 3), (1, 5), (5, 1)], ids=lambda s: f"{s[0]} outcomes, {s[1]} treatments")
def test_a_batch_is_its_single_fits(panel, errors, rule, shape):
    rng = np.random.default_rng(5)
    outcomes = panel["y"].to_numpy()[:, None] + rng.normal(size=(len(panel), shape[0]))
    treatments = np.column_stack([rng.permutation(panel["d"]) for _ in range(shape[1])])
    prepared = prepare(panel, ["x1", "x2"], effects=["adcode", "year"], cluster="province")
    batch = fit_many(prepared, outcomes, treatments, errors=errors, dof=rule)
    assert batch.estimates.shape == batch.t.shape == (shape[1], shape[0])
    for j, k in itertools.product(range(shape[1]), range(shape[0])):
        single = fast_regression(
            panel.assign(y=outcomes[:, k], d=treatments[:, j]), "y", REGRESSORS, errors=errors, dof=rule,
            cluster="province",
        )  # fmt: skip
        assert batch.estimates[j, k] == pytest.approx(single.estimate, rel=1e-8, abs=1e-10)
        assert batch.standard_errors[j, k] == pytest.approx(single.standard_error, rel=1e-8)
        assert batch.counted_parameters == single.counted_parameters


# --- properties ------------------------------------------------------------------------------------------------------

PANELS = st.builds(
    made, units=st.integers(24, 40), years=st.integers(3, 8), dropped=st.integers(0, 25), seed=st.integers(0, 10**6)
)


def whole(frame):
    """Leave out units of one row, which the fast core refuses."""
    return frame[frame.groupby("adcode")["year"].transform("size") > 1].reset_index(drop=True)


@settings(max_examples=15, deadline=None)
@given(PANELS, st.sampled_from([("adcode", "year"), ("province", "year"), ("adcode",), ("adcode", "province")]))
def test_demeaning_projects(frame, effects):
    """What is left is orthogonal to every dummy; demeaning it again changes nothing; dummies themselves vanish."""
    frame = whole(frame)
    prepared = prepare(frame, effects=effects)
    values = frame[["y", "x1", "x2"]].to_numpy()
    left = prepared.demean(values)
    for name in effects:
        assert np.abs(pd.DataFrame(left).groupby(frame[name]).sum().to_numpy()).max() < 1e-8
        assert np.abs(prepared.demean(pd.get_dummies(frame[name], dtype=float).to_numpy())).max() < 1e-9
    np.testing.assert_allclose(prepared.demean(left), left, atol=1e-9)
    np.testing.assert_allclose(prepared.demean(values[:, 0]), left[:, 0], atol=1e-9)


@settings(max_examples=15, deadline=None)
@given(PANELS, st.floats(-50, 50), st.floats(0.1, 20), st.sampled_from(WAYS))
def test_slope_and_error_scale_and_ignore_effects(frame, shift, scale, way):
    """Multiplying the outcome multiplies both; adding unit or year effects changes nothing; nor does the row order."""
    frame = whole(frame)
    errors, rule = way
    base = fast_regression(frame, "y", ["x1", "x2"], errors=errors, dof=rule)
    moved = frame.assign(y=scale * frame["y"] + shift * frame["adcode"] - shift * frame["year"] ** 2)
    moved = moved.sample(frac=1, random_state=0)
    other = fast_regression(moved, "y", ["x1", "x2"], errors=errors, dof=rule)
    np.testing.assert_allclose(other.estimates, scale * base.estimates, rtol=1e-6, atol=1e-7)
    np.testing.assert_allclose(other.covariance, scale**2 * base.covariance, rtol=1e-6, atol=1e-8)


@settings(max_examples=12, deadline=None)
@given(PANELS)
def test_any_unbalanced_panel_equals_linearmodels(frame):
    frame = whole(frame)
    ours = fast_regression(frame, "y", ["x1", "x2"], dof="linearmodels")
    same(ours, panel_regression(frame, "y", ["x1", "x2"], unit="adcode", time="year",
                                degrees_of_freedom="linearmodels"))  # fmt: skip


@pytest.mark.filterwarnings("ignore:The design matrix is rank-deficient")
def test_a_panel_in_two_parts_counts_its_rank():
    """Half of the units in early years, half in late ones: one effect more is redundant, and least squares agrees."""
    frame = made(units=24, years=8)
    frame = frame[(frame["year"] < 4) == (frame["adcode"] < 12)]
    dummies = pd.get_dummies(frame[["adcode", "year"]].astype(str), dtype=float)
    theirs = sm.OLS(frame["y"], np.column_stack([frame[["x1"]], dummies])).fit()
    ours = fast_regression(frame, "y", ["x1"], errors="classical")
    assert ours.counted_parameters == 1 + 24 + 8 - 2
    assert ours.estimate == pytest.approx(theirs.params.iloc[0], rel=1e-8)
    assert ours.standard_error == pytest.approx(theirs.bse.iloc[0], rel=1e-8)


# --- bad input -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "options", "message"),
    [
        (lambda f: f[(f["adcode"] != 7) | (f["year"] == 2)], {}, "adcode with a single row.*: 7$"),
        (lambda f: f.assign(x2=2 * f["x1"] + f["year"] ** 2), {}, "x2 is collinear with the effects and d, x1"),
        (lambda f: f.assign(d=(f["adcode"] % 3 == 0) * 1), {}, "effects of adcode and year absorb d"),
        (lambda f: f.assign(d=1), {}, "absorb d"),
        (lambda f: f.drop(columns="x1"), {}, r"missing column\(s\): x1"),
        (lambda f: f.assign(x1=np.inf), {}, "missing or infinite values in x1"),
        (lambda f: f.iloc[:0], {}, "no rows"),
        (lambda f: f.assign(one=1), {"cluster": "one"}, "at least two clusters; one has 1"),
        (lambda f: f, {"effects": ["adcode", "year", "province"]}, "two groupings at most"),
        (lambda f: f, {"effects": ["year", "year"]}, "different ones"),
        (lambda f: f, {"dof": "none"}, "unknown degrees_of_freedom 'none'"),
        (lambda f: f, {"errors": "classical", "dof": "nested"}, "classical errors count every effect"),
        (lambda f: f[f["adcode"] < 2].query("year < 3"), {}, "6 rows cannot carry|collinear|absorb"),
    ],
)
def test_refusals_name_what_is_wrong(change, options, message):
    with pytest.raises(ValueError, match=message):
        fast_regression(change(made()), "y", REGRESSORS, **options)


def test_refusals_of_regressors_and_batches():
    frame = made()
    for wrong in ([], ["d", "d"], ["y"]):
        with pytest.raises(ValueError, match="regressors must be distinct"):
            fast_regression(frame, "y", wrong)
    prepared = prepare(frame, ["x1"], effects=["adcode", "year"])
    with pytest.raises(ValueError, match=r"treatment at position 1$"):
        fit_many(prepared, frame["y"], np.column_stack([frame["d"], frame["adcode"], frame["x2"]]))
    with pytest.raises(ValueError, match="3 values for 432 prepared rows"):
        fit_many(prepared, frame["y"], [1, 2, 3])
    with pytest.raises(ValueError, match="missing or infinite values in column 0"):
        fit_many(prepared, frame["y"].where(frame.index > 0), frame["d"])
    with pytest.raises(ValueError, match="missing values in province"):
        prepare(frame.assign(province=frame["province"].where(frame.index > 0)), effects=["province"])


def test_few_clusters_warn():
    frame = made()
    with pytest.warns(FewClustersWarning, match="only 12 clusters"):
        fast_regression(frame.assign(few=frame["adcode"] % 12), "y", REGRESSORS, cluster="few")
    with pytest.warns(FewClustersWarning, match="only 3 treated clusters"):
        fast_regression(frame[frame["d"].eq(0) | frame["adcode"].lt(9)], "y", REGRESSORS, treated="d")
