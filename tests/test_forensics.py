"""The checks that read a printed table, held to scipy, to other people's tools and to tables of known truth.

Other people's results: GRIM and DEBIT as printed in the documentation of the R package scrutiny (its example data
pigs1 and pigs3), decision errors as listed in the unit tests of the R package statcheck (test-decisionerror.R), and the
worked example of GRIM's authors (a mean of 5.19 cannot come from 28 people).
"""

import math

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy import stats as sps

from helpers import claims, forensics, identities, printing, published, stars
from helpers.intervals import (
    STARS,
    Interval,
    damaged_readings,
    decimals,
    rounding_interval,
    scan_verdict,
    single_character_readings,
)
from helpers.notes import PRINTED_NOTES, TableNote
from helpers.relations import find

R = rounding_interval
RELAXED = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


# ---------------------------------------------------------------- rounding intervals


def test_trailing_zeros_are_digits():
    assert (R("0.350").low, R("0.350").high) == (0.3495, 0.3505)
    assert R("0.35").high - R("0.35").low == pytest.approx(0.01)
    assert (decimals("0.350"), decimals("12"), decimals("-9.5300")) == (3, 0, 4)


@pytest.mark.parametrize("bad", [0.35, 3, None, "n.s.", "1,234", "", "--1"])
def test_only_printed_text_is_a_printed_number(bad):
    with pytest.raises(ValueError):
        R(bad)


def test_a_float_is_refused_with_the_reason():
    with pytest.raises(ValueError, match="dtype=str"):
        R(0.35)


@given(st.floats(-1e4, 1e4), st.integers(0, 5))
def test_the_interval_holds_the_number_it_was_printed_from(number, digits):
    interval = R(f"{number:.{digits}f}")
    assert interval.low - 1e-9 <= number <= interval.high + 1e-9


@given(*[st.floats(-50, 50) for _ in range(4)], st.sampled_from("+-*/"), st.floats(0, 1), st.floats(0, 1))
def test_interval_arithmetic_encloses_every_pair(a, b, c, d, operation, u, v):
    x, y = Interval(min(a, b), max(a, b)), Interval(min(c, d), max(c, d))
    inside = x.low + u * (x.high - x.low), y.low + v * (y.high - y.low)
    if operation == "/" and abs(inside[1]) < 1e-6:
        return
    result = {"+": x + y, "-": x - y, "*": x * y, "/": x / y}[operation]
    value = {"+": sum(inside), "-": inside[0] - inside[1], "*": inside[0] * inside[1]}.get(operation)
    value = inside[0] / inside[1] if value is None else value
    slack = 1e-9 * max(1, abs(value))
    assert result.low - slack <= value <= result.high + slack


def test_division_by_what_may_be_zero_is_unbounded():
    assert (R("0.003") / R("0.000", nonnegative=True)).high == math.inf
    assert (R("0.003") / R("0.000", nonnegative=True)).low == pytest.approx(5.0)
    with pytest.raises(ValueError, match="low <= high"):
        Interval(2, 1)


# ---------------------------------------------------------------- one damaged character


def _edits(a: str, b: str) -> int:
    """Levenshtein distance, the textbook recursion."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        last, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (x != y))
    return row[-1]


@given(st.decimals(-9999, 9999, places=3).map(str))
def test_every_reading_is_one_edit_away(text):
    readings = single_character_readings(text)
    assert len(readings) == len(set(readings)) > 20
    assert all(_edits(text, reading) == 1 for reading in readings)


def test_readings_of_a_number_and_of_stars():
    readings = single_character_readings("3.37")
    assert {"-3.37", "0.37", "337", "3.3", "13.37", "3.307"} <= set(readings)
    assert "090" not in single_character_readings("390") and "3.3.7" not in readings
    assert single_character_readings("**") == ("*", "***") and single_character_readings("") == ("*",)
    assert damaged_readings("***") == ("*", "**") and damaged_readings("") == ("*", "**")


def test_scan_rule():
    def equal(texts):
        return R(texts[0]).overlaps(R(texts[1]))

    assert scan_verdict(["1.50", "1.5"], equal) == ("coherent", "")
    assert scan_verdict(["1.50", "-1.50"], equal) == ("unclear scan", "1.50 read as -1.50")
    assert scan_verdict(["1.50", "7.25"], equal) == ("incoherent", "")
    assert scan_verdict(["1.50", "7.25"], equal, uncertain=[False, True])[0] == "unclear scan"
    assert scan_verdict(["1.50", "-1.50"], equal, confirmed=[True, True])[0] == "incoherent"
    with pytest.raises(ValueError, match="same length"):
        scan_verdict(["1", "2"], equal, uncertain=[True])


# ---------------------------------------------------------------- stars and p values


@pytest.mark.parametrize("t", [0.0, 0.7, 1.96, -2.58, 5.0])
@pytest.mark.parametrize("df", [3, 29, 269, math.inf])
def test_p_values_are_scipys(t, df):
    expected = 2 * (sps.norm.sf(abs(t)) if math.isinf(df) else sps.t.sf(abs(t), df))
    assert stars.p_value(t, df) == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize(
    ("t", "df", "p", "error"),
    [("2.20", 28, "0.06", True), ("1.20", 28, "0.03", True), ("1.20", math.inf, "0.03", True),
     ("2.20", math.inf, "0.06", True), ("2.20", 28, "0.04", False), ("2.20", math.inf, "0.03", False)],
)  # fmt: skip
def test_p_recomputation_agrees_with_statcheck(t, df, p, error):
    assert stars.p_interval(R(t), (df, df)).overlaps(R(p)) is not error


def test_possible_stars_at_a_border():
    rule = stars.STAR_RULES["10/5/1"]
    assert stars.possible_stars(Interval(0.04, 0.06), rule) == ("**", "*")
    assert stars.possible_stars(Interval(0.2, 0.3), rule) == ("",)
    assert stars.possible_stars(Interval(0.0, 1e-9), rule) == ("***",)
    assert stars.possible_stars(Interval(0.002, 0.003), stars.STAR_RULES["0.1/1/5"]) == ("**",)


def test_two_readings_of_a_parenthesis():
    assert stars.t_interval("-2.498", "0.272", "se").high == pytest.approx(-2.4975 / 0.2725)
    assert stars.t_interval("-0.0846", "-3.12", "t") == R("-3.12")
    assert stars.implied_standard_error("-0.0846", "-3.12", "t").overlaps(0.0846 / 3.12)
    with pytest.raises(ValueError, match="cannot be negative"):
        stars.t_interval("-0.0846", "-3.12", "se")
    with pytest.raises(ValueError, match="another sign"):
        stars.t_interval("-0.0846", "3.12", "t")


# ---------------------------------------------------------------- identities

PIGS1 = [
    ("7.22", 32, True), ("4.74", 25, False), ("5.23", 29, False), ("2.57", 24, False), ("6.77", 27, False),
    ("2.68", 28, True), ("7.01", 29, False), ("7.38", 26, True), ("3.14", 27, False), ("6.89", 31, False),
    ("5.00", 25, True), ("0.24", 28, False),
]  # fmt: skip
PIGS3 = [
    ("0.53", "0.50", True), ("0.44", "0.50", True), ("0.77", "0.42", True), ("0.19", "0.35", False),
    ("0.34", "0.47", True), ("0.93", "0.25", True), ("0.12", "0.33", True),
]  # fmt: skip


@pytest.mark.parametrize(("mean", "n", "possible"), [*PIGS1, ("5.19", 28, False), ("5.19", 32, True)])
def test_grim_agrees_with_scrutiny(mean, n, possible):
    assert identities.mean_is_possible(mean, n) is possible


@pytest.mark.parametrize(
    ("mean", "sd", "n", "possible"),
    [*((m, s, 1683, p) for m, s, p in PIGS3), ("0.36", "0.11", 20, False), ("0.35", "0.18", 20, False)],
)
def test_debit_agrees_with_scrutiny(mean, sd, n, possible):
    assert identities.dummy_standard_deviation(R(mean), n).overlaps(R(sd)) is possible


@given(st.lists(st.floats(-100, 100), min_size=3, max_size=40).filter(lambda x: max(x) - min(x) > 1e-3))
def test_standard_deviation_bounds_hold_for_every_sample(sample):
    x = np.array(sample)
    bounds = identities.standard_deviation_bounds(x.mean(), x.min(), x.max(), len(x))
    assert bounds.overlaps(x.std(ddof=1))


def test_standard_deviation_bounds_are_sharp():
    half = np.repeat([0.0, 1.0], 10)
    assert identities.standard_deviation_bounds(0.5, 0, 1, 20).high == pytest.approx(half.std(ddof=1), abs=1e-12)
    pair = np.array([0.0, 1.0, *[0.5] * 18])
    assert identities.standard_deviation_bounds(0.5, 0, 1, 20).low == pytest.approx(pair.std(ddof=1), abs=1e-12)


def _mediation(seed, n=300):
    rng = np.random.default_rng(seed)
    zone = (rng.uniform(size=n) < 0.3).astype(float)
    mediator = 0.8 * zone + rng.normal(size=n)
    outcome = -0.5 * zone - 0.4 * mediator + rng.normal(size=n)
    first = sm.OLS(mediator, sm.add_constant(zone)).fit()
    second = sm.OLS(outcome, sm.add_constant(np.column_stack([zone, mediator]))).fit()
    total = sm.OLS(outcome, sm.add_constant(zone)).fit()
    return first, second, total


@given(st.integers(0, 10**6))
@RELAXED
def test_identities_hold_in_least_squares(seed):
    first, second, total = _mediation(seed)
    n = int(second.nobs)
    assert identities.r2_one_regressor(total.tvalues[1], n - 2).overlaps(total.rsquared)
    assert identities.implied_df(total.tvalues[1], total.rsquared).overlaps(n - 2)
    assert identities.r2_after_adding(total.rsquared, second.tvalues[2], n - 3).overlaps(second.rsquared)
    effect = identities.total_effect(second.params[1], first.params[1], second.params[2])
    assert effect.overlaps(total.params[1])
    z = identities.sobel_z(first.tvalues[1], second.tvalues[2])
    a, b = first.params[1], second.params[2]
    assert z.overlaps(abs(a * b) / math.hypot(a * second.bse[2], b * first.bse[1]))
    t_first = identities.first_path_t(z, second.tvalues[2])
    assert t_first.low == pytest.approx(abs(first.tvalues[1]), rel=1e-6)
    signed = math.copysign(t_first.low, first.tvalues[1])
    r2 = identities.r2_two_regressors(*(Interval(t, t) for t in (second.tvalues[1], second.tvalues[2], signed)), n)
    assert r2.low == pytest.approx(second.rsquared, rel=1e-6)


def test_r2_identity_counts_swept_out_fixed_effects():
    rng = np.random.default_rng(1)
    unit = np.repeat(np.arange(30), 13)
    x = rng.normal(size=390) + unit
    y = 0.2 * x + 3 * rng.normal(size=30)[unit] + rng.normal(size=390)
    within = [v - pd.Series(v).groupby(unit).transform("mean").to_numpy() for v in (y, x)]
    fit = sm.OLS(within[0], within[1]).fit()
    t = fit.tvalues[0] * math.sqrt(359 / 389)
    assert identities.implied_df(t, fit.rsquared).low == pytest.approx(359)


@given(st.integers(0, 10**6))
@RELAXED
def test_balance_table_returns_the_variances(seed):
    rng = np.random.default_rng(seed)
    treated, untreated = rng.normal(1, 2, 60), rng.normal(0, 1, 300)
    difference = treated.mean() - untreated.mean()
    t = sps.ttest_ind(treated, untreated).statistic
    bias = 100 * difference / math.sqrt((treated.var(ddof=1) + untreated.var(ddof=1)) / 2)
    found = identities.group_variances(difference, t, bias, 60, 300)
    assert [v.low for v in found] == pytest.approx([treated.var(ddof=1), untreated.var(ddof=1)], rel=1e-6)
    assert identities.bias_denominator(treated.mean(), untreated.mean(), bias).low == pytest.approx(
        math.sqrt((treated.var(ddof=1) + untreated.var(ddof=1)) / 2)
    )


@pytest.mark.parametrize(
    "call",
    [
        lambda: identities.standard_deviation_bounds(5, 0, 1, 10),
        lambda: identities.standard_deviation_bounds(0.5, 0, 1, 1),
        lambda: identities.dummy_standard_deviation(R("1.20"), 10),
        lambda: identities.dummy_standard_deviation(R("0.20"), 1),
        lambda: identities.mean_is_possible("0.5", 0),
        lambda: identities.first_path_t(R("-9.00"), R("-8.00")),
        lambda: identities.group_variances(1, 2, 50, 100, 100),
        lambda: stars.p_value(1, 0),
        lambda: stars.p_interval(Interval(1, 2), (30, 5)),
        lambda: stars.t_interval("1", "2", "p"),
    ],
)
def test_impossible_input_is_refused(call):
    with pytest.raises(ValueError):
        call()


# ---------------------------------------------------------------- tables of known truth


true_table = printing.simulated_table


@given(st.integers(0, 10**6), st.sampled_from(["se", "t"]), st.sampled_from(list(stars.STAR_RULES)), st.integers(2, 4))
@RELAXED
def test_a_true_table_is_never_contradicted(seed, reading, rule, digits):
    cells = true_table(seed, reading, rule, digits)
    found = forensics.read_table(cells, reading=reading, star_rule=rule, dummies=["zone"])
    assert len(found) > 30 and not found["question"].any(), found[found["question"]]["reason"].tolist()


@given(st.integers(0, 10**6), st.integers(0, 10**6))
@RELAXED
def test_one_damaged_character_is_never_called_incoherent(seed, damage):
    cells = printing.damage_one_character(true_table(seed), np.random.default_rng(damage))
    found = forensics.read_table(cells, reading="se", star_rule="10/5/1", dummies=["zone"])
    assert "incoherent" not in set(found["verdict"])


@given(st.integers(0, 10**6))
@RELAXED
def test_gross_errors_are_found_and_placed(seed):
    cells = true_table(seed)
    planted = {("T1d", "sd", "zone", "sd"): "4.83", ("T1d", "mean", "open", "mean"): "987.65",
               ("T1", "(3)", "N", "n"): "987654"}  # fmt: skip
    for place, text in planted.items():
        bad = cells.copy()
        bad.at[find(bad, *place), "value"] = text
        found = forensics.read_table(bad, reading="se", star_rule="10/5/1", dummies=["zone"], panel=(100, 10))
        blamed = found[found["verdict"] == "incoherent"]
        assert any(find(bad, *place) in labels for labels in blamed["cells"]), place


@given(st.integers(0, 10**6), st.sampled_from(["se", "t"]), st.sampled_from(["10/5/1", "5/1/0.1"]))
@RELAXED
def test_true_notes_are_never_contradicted(seed, reading, rule):
    cells = true_table(seed, reading, rule)
    found = forensics.read_table(cells, reading=reading, star_rule=rule, note=TableNote(reading, rule))
    assert set(found.loc[found["rule"].str.startswith("note"), "verdict"]) == {"coherent"}


def test_swapped_notes_are_found():
    tables = [true_table(seed, "t").assign(table=f"T{seed}") for seed in range(5)]
    cells = pd.concat([t[~t["stat"].isin(["obs", "mean", "sd", "min", "median", "max"])] for t in tables])
    found = forensics.read_table(cells.reset_index(drop=True), note=TableNote("se", "0.1/1/5"))
    assert stars.best_reading(cells) == ("t", "10/5/1")
    assert found["verdict"][found["rule"].str.startswith("note")].tolist() == ["incoherent", "incoherent"]


def test_a_column_with_the_other_parentheses_is_found():
    cells = pd.concat([true_table(s).assign(table=f"T{s}") for s in range(4)], ignore_index=True)
    cells = cells[cells["table"].ne("T3")]
    other = printing.printed_cells([_ols(7)], "T9", "t")
    cells = pd.concat([cells[cells["stat"].isin(["coef", "parenthesis", "stars"])], other], ignore_index=True)
    for note, force, verdict in [
        (None, "expectation", "coherent"),
        (TableNote("se", "10/5/1"), "identity", "incoherent"),
    ]:
        found = forensics.read_table(cells, note=note)
        row = found[found["rule"] == "one reading"]
        assert row[["table", "column", "force", "verdict"]].values.tolist() == [["T9", "(1)", force, verdict]]
    assert not found[found["rule"] == "stars"]["question"].any()


def _ols(seed):
    rng = np.random.default_rng(seed)
    x = pd.DataFrame(rng.normal(size=(200, 4)), columns=list("abcd"))
    return sm.OLS(x @ [0.3, -0.3, 0.25, 0.0] + rng.normal(size=200), sm.add_constant(x)).fit()


# ---------------------------------------------------------------- the published tables


@pytest.fixture(scope="module")
def wang():
    return published.load_cells("wang2025")


@pytest.fixture(scope="module")
def ding():
    return published.load_cells("ding2025")


@pytest.fixture(scope="module")
def digital():
    return published.load_cells("digital_economy_exports")


def test_what_the_parentheses_are(wang, ding, digital):
    assert stars.best_reading(wang) == ("t", "5/1/0.1")
    assert stars.best_reading(ding) == ("se", "10/5/1")
    assert stars.best_reading(digital) == ("se", "10/5/1")
    counts = stars.read_parentheses(ding).iloc[0]
    assert (counts["estimates"], counts["contradictions"]) == (107, 0)


def test_two_of_three_notes_contradict_their_tables(wang, ding):
    for cells, paper, expected in [
        (wang, "wang2025", ["incoherent", "incoherent"]),
        (ding, "ding2025", ["incoherent", "coherent"]),
    ]:
        found = forensics.read_table(cells, paper, note=PRINTED_NOTES[paper])
        assert found["verdict"][found["rule"].str.startswith("note")].tolist() == expected


def test_a_minimum_above_its_maximum_is_an_unclear_scan(digital):
    found = forensics.read_table(digital)
    row = found[(found["rule"] == "order") & found["question"]]
    assert row[["term", "verdict", "repair"]].values.tolist() == [["lncap", "unclear scan", "3.37 read as -3.37"]]


def test_counts_above_units_times_years(ding, wang):
    found = forensics.read_table(ding, panel=(287, 18))
    blamed = found[(found["rule"] == "panel size") & found["question"]].iloc[0]
    assert blamed["verdict"] == "incoherent" and len(blamed["cells"]) == 4 and "5364" in blamed["reason"]
    assert not forensics.read_table(ding, panel=(298, 18))["question"].any()
    found = forensics.read_table(wang, panel=(270, 12))
    assert not found[found["rule"] == "panel size"]["question"].any()


def test_megacity_stars_are_an_unclear_scan_not_an_error(wang):
    found = forensics.read_table(wang)
    row = found[(found["rule"] == "stars") & (found["term"] == "Large×CBEC")].iloc[0]
    assert (row["verdict"], row["repair"]) == ("unclear scan", "-1.09 read as -4.09")


def test_wang_mechanism_tables_are_two_regressor_regressions(wang):
    for table, column, mediator in [
        ("T10", "(1)", "Spec"), ("T10", "(2)", "Spec_low"), ("T10", "(3)", "Spec_high"), ("T11", "(1)", "lnenvir"),
    ]:  # fmt: skip

        def text(term, stat, table=table, column=column):
            return wang.at[find(wang, table, column, term, stat), "value"]

        t1, t2, z = R(text("CBEC", "parenthesis")), R(text(mediator, "parenthesis")), R(text("Sobel-Z", "sobel_z"))
        n, printed = int(text("N", "n")), R(text("R-squared", "r2"))
        t_first = identities.first_path_t(z, t2)
        assert identities.r2_two_regressors(t1, t2, t_first, n).overlaps(printed)
        assert not identities.r2_two_regressors(t1, t2, t_first, n, absorbed=269 + 11).overlaps(printed)


def test_stated_relations(digital, ding):
    where = {
        "total": ("(1)", "lndig"),
        "direct": ("(3)", "lndig"),
        "first": ("(2)", "lndig"),
        "second": ("(3)", "lnind"),
    }
    place = {name: ("T5", *spot, "coef") for name, spot in where.items()}
    relation = claims.total_effect(digital, **place)
    verdict = _last(digital, [relation])
    assert (verdict["verdict"], verdict["repair"]) == ("unclear scan", "-0.182 read as -0.112")
    assert _last(digital, [relation], confirmed=[find(digital, *place["total"])])["verdict"] == "incoherent"
    soft = claims.total_effect(digital, **place, force="expectation")
    row = _last(digital, [soft], confirmed=[find(digital, *place["total"])])
    assert (row["verdict"], bool(row["question"])) == ("coherent", True)
    same = claims.same_regression(digital, ("T5", "(1)"), ("T3", "(5)"), {"con_s": "_cons"})
    found = forensics.read_table(digital, extra=same)
    assert found.tail(len(same))["verdict"].value_counts()["incoherent"] == 4
    split = claims.subgroups(ding, ("T3", "(2)"), [("T8", "(1)"), ("T8", "(2)")], "DID", ["N"])
    assert forensics.read_table(ding, extra=split).tail(2)["question"].tolist() == [False, True]
    assert (
        _last(ding, [claims.stated_sign(ding, ("T4", "(3)", "DID", "coef"), -1, "5.4.2")])["verdict"] == "unclear scan"
    )
    assert _last(digital, [claims.threshold_inside(digital, "threshold variable: lnind", "lnindus", "T2")])["question"]
    assert not _last(digital, [claims.threshold_inside(digital, "threshold variable: lntec", "lntec", "T2")])[
        "question"
    ]
    factor = ("T1", "gasoline", digital["term"].iloc[0], "factor")
    assert _last(digital, [claims.within(digital, factor, 0, 44 / 12, "pure carbon")])["verdict"] == "unclear scan"


def _last(cells, extra, **options):
    return forensics.read_table(cells, extra=extra, **options).iloc[-1]


# ---------------------------------------------------------------- the result and bad input


def test_findings_have_the_documented_columns(wang):
    found = forensics.read_table(wang, "wang2025")
    assert list(found.columns) == forensics.COLUMNS and set(found["paper"]) == {"wang2025"}
    assert set(found["verdict"]) <= set(forensics.VERDICTS) and found["reason"].str.len().min() > 5
    assert set(found["rule"]) <= set(forensics.checklist()["rule"])
    broken = found[found["verdict"] == "unclear scan"]
    assert (broken["repair"] != "").all()


def test_every_cell_gets_its_worst_verdict(digital):
    found = forensics.read_table(digital)
    verdicts = forensics.cell_verdicts(digital, found)
    assert len(verdicts) == len(digital) and set(verdicts["print"]) == {"coherent", "unclear scan"}
    lncap = verdicts[(verdicts["table"] == "T2") & (verdicts["term"] == "lncap") & (verdicts["stat"] == "min")].iloc[0]
    assert lncap["print"] == "unclear scan" and lncap["checks"] == 2 and "3.37" in lncap["print_reason"]
    assert verdicts.loc[verdicts["checks"] == 0, "print"].eq("coherent").all()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda c: c.drop(columns="value"), "lack the column"),
        (lambda c: c.iloc[:0], "empty"),
        (lambda c: c.assign(value=pd.to_numeric(c["value"], errors="coerce")), "dtype=str"),
        (lambda c: c.set_axis([0] * len(c)), "unique index"),
        (lambda c: c.assign(stat="beta"), "unknown stat 'beta'"),
        (lambda c: c.assign(value="****"), "not a star mark|not a number"),
        (lambda c: pd.concat([c, c], ignore_index=True), "two cells at"),
    ],
)
def test_bad_cells_are_refused_with_the_place(change, words):
    cells = true_table(3)
    with pytest.raises(ValueError, match=words):
        forensics.read_table(change(cells))


def test_silence_is_an_answer():
    two = pd.DataFrame(
        [("T", "(1)", "x", "coef", "2.0"), ("T", "(1)", "x", "parenthesis", "1.0"), ("T", "(1)", "x", "stars", "")],
        columns=["table", "column", "term", "stat", "value"],
    )
    with pytest.raises(ValueError, match="no estimate"):
        stars.best_reading(two.iloc[:1])
    ambiguous = two.assign(value=["1.00", "1.00", ""])
    with pytest.raises(ValueError, match="equally well"):
        forensics.read_table(ambiguous)
    assert forensics.read_table(ambiguous, reading="se", star_rule="10/5/1")["verdict"].tolist() == ["coherent"]
    with pytest.raises(ValueError, match="unknown"):
        forensics.read_table(ambiguous, reading="sd", star_rule="10/5/1")
    with pytest.raises(ValueError, match="need exactly one"):
        find(two, "T", "(2)", "x", "coef")
    with pytest.raises(ValueError, match="sign must be"):
        claims.stated_sign(two, ("T", "(1)", "x", "coef"), 0, "text")


def test_printing_prints_what_was_computed():
    fit = _ols(2)
    cells = printing.printed_cells([fit], decimals=4)
    assert cells.at[find(cells, "T1", "(1)", "a", "coef"), "value"] == f"{fit.params['a']:.4f}"
    assert printing.star_mark(0.02, stars.STAR_RULES["10/5/1"]) == "**"
    assert printing.star_mark(0.0001, stars.STAR_RULES["0.1/1/5"]) == "*"
    assert set(cells.loc[cells["stat"] == "stars", "value"]) <= set(STARS)
    with pytest.raises(ValueError, match="reading"):
        printing.printed_cells([fit], reading="p")
    with pytest.raises(ValueError, match="two different"):
        printing.paste_other_value(cells, "n", np.random.default_rng(1))
