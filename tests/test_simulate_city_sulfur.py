"""The SO2 twin: units, treatment and blank cells as printed, emissions that stay positive, raw files with dirt."""

import io

import numpy as np
import pandas as pd
import pytest
from openpyxl import load_workbook

from helpers import datasets, published, study_data, twins
from helpers.panel import check_panel, treatment_panel
from helpers.simulate import city_sulfur, noise, raw_city_sulfur
from helpers.simulate import city_sulfur_controls as controls
from helpers.simulate import city_sulfur_effects as zone
from helpers.simulate.city_sulfur_moments import CITY_SULFUR_CANNOT, moments
from helpers.simulate.city_sulfur_sample import CONTROLS, YEARS, load_sample, size_cutoff
from helpers.simulate.parameters import load_parameters


@pytest.fixture(scope="module")
def printed():
    return city_sulfur.draw("printed", draw=7)


@pytest.fixture(scope="module")
def table(printed):
    return moments(printed)


# --- units, treatment, blank cells ------------------------------------------------------------------------------------


def test_298_units_by_the_written_rule():
    today = datasets.load_prefectures().query("type in ['地级市', '直辖市']")["adcode"]
    units = set(load_sample().cities["adcode"])
    assert len(units) == 298
    assert units - set(today) == {341400, 371200}
    assert set(today) - units == {460300}
    founded = load_parameters("city_sulfur")["city_since"]
    assert len(units) - len(founded) == 287  # cities of the year 2005, the number in the paper's abstract
    assert int(datasets.load_census_population().set_index("adcode").loc[460300, "population"]) < 5000


def test_founding_years_agree_with_the_names_that_had_no_city_before():
    from helpers.place_aliases import CITY_SINCE

    prefectures = datasets.load_prefectures().set_index("name_zh")["adcode"]
    since = {int(code): year for code, year in load_parameters("city_sulfur")["city_since"].items()}
    for name, year in CITY_SINCE.items():
        assert since[prefectures[f"{name}市"]] == year


def test_treatment_is_the_stated_rule_without_small_zones(printed):
    zones = datasets.load_pilot_zones()
    coded = treatment_panel(zones, load_sample().cities["adcode"], YEARS, "same_year", "drop")
    assert printed.panel["treated"].tolist() == coded["treated"].tolist()
    check_panel(printed.panel)
    assert printed.panel["treated"].sum() == 438
    for stat, value in (("mean", printed.panel["treated"].mean()), ("sd", printed.panel["treated"].std())):
        assert f"{value:.2f}" == published.cell_text("ding2025", "T2", _column(stat), "DID", stat)


def _column(stat):
    return {"mean": "Mean", "sd": "Std. Dev"}[stat]


def test_every_printed_n_is_met_or_named(table):
    sizes = table[table["stat"].isin(["n", "obs"])]
    met = sizes[sizes["relation"] != "cannot be met"]
    assert len(met) == 19
    assert (met["printed"] == met["simulated"]).all()
    others = sizes[sizes["relation"] == "cannot be met"]
    assert others["note"].str.len().gt(30).all()
    assert (others["simulated"] - others["printed"]).dropna().tolist() == [34, 35, 34]


def test_the_two_n_of_table_4_fit_only_in_the_other_order(printed):
    sample = printed.panel.dropna(subset=["so2", *CONTROLS])
    assert sample["municipality"].sum() <= 72
    assert len(sample) - 3819 > 72  # so 3,819 cannot be the rows without municipalities


def test_cells_that_cannot_be_met_exist_in_print():
    for key in CITY_SULFUR_CANNOT:
        table, column, term, stat = key.split(" | ")
        assert published.cell_text("ding2025", table, column, term, stat)


def test_blank_cells_are_the_same_in_every_draw_and_leave_groups_whole(printed):
    other = city_sulfur.draw("plain", {"growing_effects": 0.2}, draw=8)
    pd.testing.assert_frame_equal(printed.panel.isna(), other.panel.isna())
    whole = ["resource_based", "region4", "large_city", "municipality", "treated"]
    assert printed.panel[whole].notna().all(axis=None)
    assert printed.panel.loc[printed.panel["adcode"].isin([341400, 371200]), ["so2", *CONTROLS]].isna().all(axis=None)


def test_size_rule_for_blank_cores_misses_few_known_cities():
    known = datasets.load_census_population().dropna(subset=["urban_core_population"])
    wrong = (known["population"] >= size_cutoff()) != (known["urban_core_population"] >= 1e6)
    at = {c: ((known["population"] >= c) != (known["urban_core_population"] >= 1e6)).sum() for c in (3e6, 9e6)}
    assert wrong.sum() < min(at.values())
    large = load_sample().cities.set_index("adcode")["large_city"]
    assert large[420100] == 1  # Wuhan, whose core stands in no source of the book
    assert large.sum() == 100


# --- the world --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("base", ["plain", "printed"])
@pytest.mark.parametrize("switch", [None, *city_sulfur.DEFAULT_SIZES])
def test_emissions_are_never_negative(base, switch):
    switches = {} if switch is None else {switch: city_sulfur.DEFAULT_SIZES[switch]}
    world = city_sulfur.draw(base, switches, draw=9)
    for name in ("so2", "co2", "green_patents", "so2_intensity", *CONTROLS):
        assert (world.complete[name] >= 0).all(), name
    assert world.complete["urban_share"].le(1).all()


def test_equation_1_holds_to_the_digit_in_the_plain_world():
    """Outcome less slopes and effect leaves what does not depend on the treatment: the same with and without zones."""
    world, without = city_sulfur.draw("plain", draw=3), city_sulfur.draw("plain", {"no_effect": 1.0}, draw=3)
    gap = (world.complete["so2"] - without.complete["so2"]).to_numpy().reshape(298, 18)
    treated = load_sample().treated
    assert np.abs(noise.two_way_demeaned(gap)).max() > 1  # zones matter
    level = (gap + 2.345 * treated).round(4)
    assert np.abs(level - level[:, :1]).max() < 2e-4  # what is left is one number a city: its own level
    assert world.truth.total == pytest.approx(published.cell("ding2025", "T3", "(2)", "DID", "coef"), abs=1e-9)
    assert world.truth.two_way_weighted == pytest.approx(world.truth.total, abs=1e-9)


def test_printed_world_has_the_regional_effects_of_table_7(printed):
    effects = printed.truth.effects.merge(load_sample().cities, left_on="unit", right_on="adcode")
    means = effects.groupby("region4")["total"].mean()
    for column, region in (("(1)", "east"), ("(2)", "central"), ("(3)", "west"), ("(4)", "northeast")):
        # patents are whole numbers, so a city's effect is off by less than half a patent's worth
        assert means[region] == pytest.approx(published.cell("ding2025", "T7", column, "DID", "coef"), abs=6e-4)
    ratio = published.cell("ding2025", "T6", "(1)", "DID", "coef") / published.cell(
        "ding2025", "T6", "(2)", "DID", "coef"
    )
    assert load_parameters("city_sulfur")["effect_ratios"]["resource_based"] == pytest.approx(ratio, abs=5e-4)
    assert printed.truth.mediated["green patents"] / printed.truth.total == pytest.approx(0.25, abs=1e-3)


def test_truth_is_the_difference_of_two_runs(printed):
    """Computed here from the columns alone: the same draw without zones, city levels taken out by each city's gap."""
    without = city_sulfur.draw("printed", {"no_effect": 1.0}, draw=7)
    gap = (printed.complete["so2"] - without.complete["so2"]).to_numpy().reshape(298, 18)
    effect = gap - gap[:, :1]  # nobody is treated in 2005
    rows = (load_sample().treated == 1) & load_sample().complete
    assert effect[rows].mean() == pytest.approx(printed.truth.total, abs=1e-4)
    patents = (printed.complete["green_patents"] - without.complete["green_patents"]).to_numpy().reshape(298, 18)
    assert patents[rows].mean() == pytest.approx(published.cell("ding2025", "T5", "(1)", "DID", "coef"), abs=0.5)
    co2 = (printed.complete["co2"] - without.complete["co2"]).to_numpy().reshape(298, 18)
    assert co2[rows].mean() == pytest.approx(published.cell("ding2025", "T4", "(2)", "DID", "coef"), abs=0.01)


def test_less_so2_from_the_same_output_is_less_so2_per_output():
    for base in ("plain", "printed"):
        truth = city_sulfur.draw(base, draw=5).truth
        assert (
            truth.coefficients["effect on SO2 per output"] < 0 < published.cell("ding2025", "T4", "(3)", "DID", "coef")
        )


def test_average_trends_do_not_differ_between_batches():
    """Over many draws the declining part has the same average in every batch: equation 1 is not biased."""
    sample, falls = load_sample(), []
    for number in range(1, 61):
        without = city_sulfur.draw("plain", {"no_effect": 1.0}, draw=number)
        x = {name: without.complete[name].to_numpy().reshape(298, 18) for name in CONTROLS}
        slopes = load_parameters("city_sulfur")["slopes"]["so2"]
        rest = without.complete["so2"].to_numpy().reshape(298, 18) - city_sulfur.slope_sum(slopes, x)
        falls.append(rest[:, -3:].mean(axis=1) - rest[:, :10].mean(axis=1))
    by_draw = np.array(falls)
    ever = ~np.isnan(sample.cohort)
    gap = by_draw[:, ever].mean(axis=1) - by_draw[:, ~ever].mean(axis=1)
    assert abs(gap.mean()) < 3 * gap.std() / np.sqrt(len(gap))
    assert by_draw.mean() < -2  # and the decline is strong


def test_not_a_toy(printed):
    wide = printed.complete.pivot(index="adcode", columns="year", values="so2").to_numpy()
    left = noise.two_way_demeaned(wide)
    assert np.corrcoef(left[:, 1:].ravel(), left[:, :-1].ravel())[0, 1] > 0.6
    assert pd.Series(wide.ravel()).skew() > 2
    spread = left.std(axis=1)
    assert np.percentile(spread, 90) > 4 * np.percentile(spread, 10)
    year = pd.Series(wide.mean(axis=0), index=YEARS)
    assert year[2016] / year[2015] < 0.8 < year[2015] / year[2013]  # the break, not a trend
    ever = printed.complete.groupby("adcode")["treated"].max().to_numpy() == 1
    before = wide[:, :10].mean(axis=1)
    assert before[ever].mean() > before[~ever].mean() + 1
    rich = printed.complete.groupby("adcode")["gdp_per_capita"].mean().to_numpy()
    assert rich[ever].mean() > 1.2 * rich[~ever].mean()


def test_a_switch_moves_no_other_numbers():
    plain = city_sulfur.draw("plain", draw=4)
    for name, size in city_sulfur.DEFAULT_SIZES.items():
        other = city_sulfur.draw("plain", {name: size}, draw=4)
        same = [*CONTROLS, "treated", "co2"] if name != "no_effect" else [*CONTROLS, "treated"]
        pd.testing.assert_frame_equal(plain.complete[same], other.complete[same])


def test_growth_anticipation_and_spillover_do_what_they_say():
    sample = load_sample()
    hangzhou = int(np.flatnonzero(sample.cities["adcode"] == 330100)[0])
    effects = zone.effects_on_so2("plain", {"growing_effects": 0.1}, sample.treated.astype(float))[hangzhou]
    assert effects[YEARS == 2015] == pytest.approx(-2.345)
    assert effects[YEARS == 2020] == pytest.approx(-2.345 * 1.5)
    early = zone.effects_on_so2("plain", {"anticipation": 0.4}, sample.treated.astype(float))[hangzhou]
    assert early[YEARS == 2014] == pytest.approx(-0.4 * 2.345)
    assert early[YEARS == 2013] == pytest.approx(-0.2 * 2.345)
    added = zone.broken_assumptions("plain", {"spillover": 0.5}, sample.treated.astype(float))
    assert (added[sample.treated == 1] == 0).all()
    huzhou = int(np.flatnonzero(sample.cities["adcode"] == 330500)[0])
    urumqi = int(np.flatnonzero(sample.cities["adcode"] == 650100)[0])
    assert -0.5 * 2.345 < added[huzhou][YEARS == 2016] < 10 * added[urumqi][YEARS == 2016] < 0


def test_fixed_quantiles_and_stretched_tails():
    drawn = controls.quantiles(np.random.default_rng(1), 9)
    assert sorted(drawn.round(6)) == sorted((-drawn).round(6))
    assert controls.normal_scores(np.array([5.0, -1.0, 2.0])).round(3).tolist() == [0.967, -0.967, 0.0]
    assert controls.stretched(np.array([-3.0, 0.0, 3.0]), 0.5, -0.5).tolist() == [-3.5, 0.0, 2.5]


# --- moments ----------------------------------------------------------------------------------------------------------


def test_moments_hold_every_descriptive_cell(table):
    cells = published.load_cells("ding2025")
    wanted = cells[cells["table"].eq("T2") | cells["stat"].eq("n")]
    assert len(table) == len(wanted)
    assert set(table["relation"]) <= {"pinned", "follows from a pin", "free", "cannot be met"}
    assert table["printed"].tolist() == wanted["number"].tolist()
    assert table.loc[table["simulated"].isna(), "column"].tolist() == ["(1)"]  # the matched sample of Table 4


def test_table_2_in_the_median_of_worlds():
    """Medians over the 200 draws of the evidence. Bounds are shares of the printed number, by kind of cell."""
    table = moments(city_sulfur.draw("printed"))
    names = [f"{row.table} | {row.column} | {row.term} | {row.stat}" for row in table.itertuples()]
    table["median"] = twins.moments_table("city_sulfur")["median"].reindex(names).to_numpy()
    table = table[table["table"].eq("T2") & table["relation"].ne("cannot be met")].set_index(["term", "stat"])
    error = (table["median"] - table["printed"]).abs()
    means = error.xs("mean", level="stat")
    assert (means <= np.maximum(0.02 * table["printed"].xs("mean", level="stat"), 0.005)).all(), means
    for stat, share in (("sd", 0.07), ("median", 0.08), ("max", 0.10)):
        printed = table["printed"].xs(stat, level="stat")
        assert (error.xs(stat, level="stat") <= np.maximum(share * printed, 0.015)).all(), stat


def test_recovery_of_the_plain_effect_in_a_few_worlds():
    """Thirty worlds, two-way fixed effects by turns of demeaning; the evidence has a thousand."""
    sample, estimates = load_sample(), []
    for number in range(1, 31):
        panel = city_sulfur.draw("plain", draw=number).panel
        rows = sample.complete
        columns = [panel[name].to_numpy(dtype=float).reshape(rows.shape) for name in ("so2", "treated", *CONTROLS)]
        left = [_demeaned(np.where(rows, values, 0.0), rows)[rows] for values in columns]
        estimates.append(np.linalg.lstsq(np.column_stack(left[1:]), left[0], rcond=None)[0][0])
    error = np.array(estimates) + 2.345
    assert abs(error.mean()) < 3 * error.std() / np.sqrt(30)
    assert error.std() < 0.7


def _demeaned(values, rows):
    for _ in range(60):
        for axis in (1, 0):
            count = np.maximum(rows.sum(axis=axis, keepdims=True), 1)
            values = np.where(rows, values - values.sum(axis=axis, keepdims=True) / count, 0.0)
    return values


# --- files ------------------------------------------------------------------------------------------------------------


def test_stored_panel_is_draw_0_of_the_printed_world():
    stored = datasets.load("city_sulfur")
    world = city_sulfur.draw("printed")
    assert list(stored.columns) == list(world.panel.columns)
    for name, digits in city_sulfur.DIGITS.items():
        np.testing.assert_allclose(
            stored[name].to_numpy(dtype=float), world.panel[name].to_numpy(), atol=0.51 * 10.0**-digits
        )
    assert study_data.load("city_sulfur").kind == "simulated"


@pytest.fixture(scope="module")
def workbooks():
    folder = datasets.DATA / "raw" / "city_sulfur"
    return {path.name: load_workbook(io.BytesIO(path.read_bytes())) for path in sorted(folder.glob("*.xlsx"))}


def test_raw_workbooks_have_their_dirt(workbooks):
    assert list(workbooks) == ["co2_patents.xlsx", "economy.xlsx", "so2.xlsx"]
    assert [len(book.sheetnames) for book in workbooks.values()] == [2, 6, 4]
    sheet = workbooks["economy.xlsx"]["常住人口"]
    assert {"A1:T1", "A3:A4", "B3:B4", "C3:T3"} <= {str(one) for one in sheet.merged_cells.ranges}
    found = {cell.value for row in sheet.iter_rows(min_row=5, min_col=3) for cell in row if isinstance(cell.value, str)}
    assert set(raw_city_sulfur.GAPS) - {""} <= found
    last = workbooks["so2.xlsx"]["2016-2022修订"]
    notes = [row[0].value for row in last.iter_rows(min_row=last.max_row - 2)]
    assert "修订" in notes[0] and "不可比" in notes[1]


def test_two_vintages_differ_and_cities_come_and_go(workbooks):
    def names(sheet):
        return [row[1].value for row in sheet.iter_rows(min_row=5) if row[1].value]

    book = workbooks["so2.xlsx"]
    first, revised = book["2016-2019"], book["2016-2022修订"]
    pairs = [
        (row[2].value, other[2].value)
        for row, other in zip(first.iter_rows(min_row=5), revised.iter_rows(min_row=5), strict=False)
        if isinstance(row[2].value, int) and isinstance(other[2].value, int)
    ]
    ratio = np.array([a / b for a, b in pairs if b])
    assert 1.2 < np.median(ratio) < 1.4
    assert "巢湖市" in names(book["2005-2010"]) and "巢湖市" not in names(book["2011-2015"])
    assert "莱芜市" in names(revised) and "毕节市" not in names(book["2005-2010"])
    assert "三沙市" not in names(revised)
