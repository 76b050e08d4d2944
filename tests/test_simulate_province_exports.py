"""The twin of the province exports: accounts that give the outcome, calibration, truth, switches, raw files."""

import functools
import io

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from helpers import input_output, province_tables, published
from helpers.fast_panel import fit_many, prepare
from helpers.simulate import province_exports as twin
from helpers.simulate import province_exports_accounts as accounts
from helpers.simulate import province_exports_digital as digital
from helpers.simulate import province_exports_outcome as outcome
from helpers.simulate import raw_province_exports as raw
from helpers.simulate.province_exports_moments import PROVINCE_EXPORTS_CANNOT, TERMS, moments

KEYS = ["adcode", "year"]
CONTROLS = list(outcome.CONTROLS)


@functools.cache
def world(base: str = "printed", draw: int = 3):
    return twin.draw(base, draw=draw)


@functools.cache
def files():
    return raw.files(world())


# --- the accounts ------------------------------


def test_the_panels_outcome_is_what_the_raw_numbers_give():
    """Second implementation: the method module with numpy's inverse, province by province."""
    parts = world().parts
    flows = parts["flows"].set_index(KEYS)
    factors = accounts.emission_factors()
    rows = parts["fuels"].merge(parts["sectors"], on=[*KEYS, "sector"])
    rows["direct"] = (rows[list(accounts.FUELS)] * factors).sum(axis=1) / rows["output"]
    found = {}
    for code in (110000, 440000, 640000):
        benchmarks = {}
        for year in accounts.BENCHMARKS:
            table = flows.loc[(code, year)].set_index("sector")
            benchmarks[year] = input_output.technical_coefficients(table[list(accounts.SECTORS)], table["output"])
        filled = input_output.interpolate_coefficients(benchmarks, twin.YEARS)
        for year in twin.YEARS:
            one = rows[(rows["adcode"] == code) & (rows["year"] == year)].set_index("sector")
            found[code, year] = 100 * input_output.embodied_intensity(one["direct"], filled[year], one["exports"])
    shown = world().panel.set_index(KEYS)["ln_export_carbon_intensity"]
    for key, intensity in found.items():
        assert np.log(intensity) == pytest.approx(shown[key], abs=6e-6)


def test_the_accounts_give_the_intensity_that_was_asked_for():
    """Only rounding of the fuels stands between the equation and the accounts."""
    generator = np.random.default_rng(1)
    shape = (30, 13)
    added = 10 ** generator.uniform(2, 4, (*shape, 3))
    wanted, coal = generator.normal(4.9, 1.5, shape), generator.uniform(0.05, 0.85, shape)
    built = accounts.build(9, added, np.round(10 ** generator.uniform(5, 8, shape)), wanted, coal)
    assert np.abs(np.log(built.intensity) - wanted).max() < 1e-3
    assert np.abs(built.coal_share - coal).max() < 1e-3
    assert (built.fuels >= 0).all()
    assert (built.exports > 0).all()


def test_the_elementwise_inverse_is_an_inverse():
    coefficients = np.random.default_rng(2).uniform(0, 0.12, (5, 3, 8, 8))
    matrices = np.eye(8) - coefficients
    assert np.abs(accounts.inverse(matrices) - np.linalg.inv(matrices)).max() < 1e-12


def test_every_table_is_productive():
    flows = world().parts["flows"]
    radii = [
        input_output.spectral_radius(
            input_output.technical_coefficients(
                one.set_index("sector")[list(accounts.SECTORS)], one.set_index("sector")["output"]
            )
        )
        for _, one in flows.groupby(KEYS)
    ]
    assert len(radii) == 90
    assert max(radii) < 0.85


def test_emission_factors_stay_below_pure_carbon_and_near_the_print():
    factors = dict(zip(accounts.FUELS, accounts.emission_factors(), strict=True))
    assert all(value < 44 / 12 for name, value in factors.items() if name != "natural_gas")
    printed = published.cell("digital_economy_exports", "T1", "petroleum", published.load_cells(
        "digital_economy_exports").query("table == 'T1'")["term"].iloc[0], "factor")  # fmt: skip
    assert factors["natural_gas"] == pytest.approx(printed, rel=0.02)  # the print's 'petroleum' is natural gas


# --- the index ------------------------------


def test_the_first_component_is_that_of_an_eigenvalue_routine():
    columns = world().panel[list(digital.INDICATORS)]
    scores, loadings = digital.first_component([columns[name].to_numpy().reshape(30, 13) for name in columns])
    expected = np.linalg.eigh(columns.corr().to_numpy())[1][:, -1]
    assert np.abs(loadings - expected * np.sign(expected.sum())).max() < 1e-10
    assert scores.mean() == pytest.approx(0, abs=1e-12)
    assert (scores < 0).mean() > 0.3  # why the logarithm needs a rule


def test_the_index_spans_the_printed_bounds_in_every_draw():
    for draw in (1, 2, 3):
        column = world("printed", draw).panel["ln_digital"]
        assert (column.min(), column.max()) == (1.23, 6.13)


def test_regions_and_levels_have_the_printed_numbers_of_rows():
    table = moments(world())
    counts = table[(table["table"] == "T4") & (table["stat"] == "n")]
    assert counts["simulated"].tolist() == counts["printed"].tolist() == [143, 104, 143, 104, 286]


# --- calibration: medians over other draws than the book's ------------------------------


@functools.cache
def calibration() -> pd.DataFrame:
    tables = [moments(twin.draw("printed", draw=draw)) for draw in range(1, 201)]
    median = pd.concat([table["simulated"] for table in tables], axis=1).median(axis=1)
    return tables[0].assign(simulated=median)


def test_medians_over_200_draws_are_near_the_print():
    described = calibration().query("table == 'T2'")
    table = described.pivot(index="term", columns="stat", values=["printed", "simulated"])
    gap = (table["simulated"] - table["printed"]).abs()
    assert (gap["mean"] < 0.2 * table["printed"]["sd"]).all(), gap["mean"]
    assert (gap["sd"] < 0.12 * table["printed"]["sd"]).all(), gap["sd"]
    bounds = gap[["min", "max"]].drop(index="lncap")  # one cell of lncap cannot be met
    assert (bounds.div(table["printed"]["sd"].drop(index="lncap"), axis=0) < 2).all(axis=None), bounds


def test_every_descriptive_cell_has_its_row_and_its_relation():
    table = moments(world())
    assert len(table) == 8 * 5 + 15
    assert set(table["relation"]) == {"pinned", "follows from a pin", "free", "cannot be met"}
    assert table.loc[table["relation"] == "cannot be met", "note"].str.len().gt(10).all()
    assert set(table.loc[table["stat"] != "n", "term"]) == set(TERMS)


def test_cells_that_cannot_be_met_are_printed_cells():
    cells = published.load_cells("digital_economy_exports")
    known = set(cells["table"] + " | " + cells["column"] + " | " + cells["term"] + " | " + cells["stat"].astype(str))
    assert set(PROVINCE_EXPORTS_CANNOT) <= known


def test_the_outcome_is_persistent_and_its_level_skewed():
    wide = world().panel.pivot(index="adcode", columns="year", values="ln_export_carbon_intensity").to_numpy()
    left = wide - wide.mean(axis=1, keepdims=True)
    assert np.corrcoef(left[:, 1:].ravel(), left[:, :-1].ravel())[0, 1] > 0.5
    assert stats.skew(np.exp(wide).ravel()) > 1
    spread = [outcome.disturbances(draw).std(axis=1) for draw in range(1, 9)]
    assert np.mean([one.max() / one.min() for one in spread]) > 2


# --- truth ------------------------------


def _fit(panel: pd.DataFrame) -> tuple[float, float]:
    prepared = prepare(panel, CONTROLS, effects=("adcode", "year"), cluster="adcode")
    fit = fit_many(prepared, panel["ln_export_carbon_intensity"], panel["ln_digital"], errors="clustered")
    return float(fit.estimates[0, 0]), float(fit.standard_errors[0, 0])


def test_equation_1_recovers_the_plain_slope():
    fits = np.array([_fit(twin.draw("plain", draw=draw).panel) for draw in range(1, 101)])
    assert fits[:, 0].mean() == pytest.approx(-0.182, abs=3 * fits[:, 0].std() / 10)
    covers = np.abs(fits[:, 0] + 0.182) < stats.t.ppf(0.975, 29) * fits[:, 1]
    assert 0.86 <= covers.mean() <= 1  # 100 draws; the evidence table has 1,000


def test_the_plain_truth_is_one_number():
    truth = world("plain").truth
    assert truth.total == truth.direct == pytest.approx(-0.182)
    assert truth.two_way_weighted == pytest.approx(-0.182)
    assert truth.effects["total"].round(12).nunique() == 1
    assert not truth.mediated
    assert not truth.thresholds


def test_the_printed_truth_adds_up_and_orders_the_regions():
    truth = world().truth
    assert truth.total == pytest.approx(-0.182)
    assert truth.mediated["ln_industrial_structure"] == pytest.approx(0.146 * -0.316)
    assert truth.mediated["ln_technology"] == pytest.approx(-0.182 + 0.133)
    slopes = [truth.coefficients[f"total, {name}"] for name in ("east", "central", "west")]
    assert slopes[0] > slopes[1] > slopes[2]
    assert truth.thresholds == {
        "ln_digital": (5.5,), "ln_industrial_structure": (0.0, 0.2), "ln_technology": (0.23,)
    }  # fmt: skip
    assert len(truth.effects) == 390
    assert (truth.effects["direct"] < 0).all()


def test_the_direct_slope_changes_at_the_thresholds():
    effects = world().truth.effects.rename(columns={"unit": "adcode"})[[*KEYS, "direct"]]
    panel = world().panel.merge(effects, on=KEYS)
    for region, rows in panel.groupby("region3"):
        ratio = rows["direct"] / (rows["ln_digital"] > 5.5).map({True: 0.7, False: 1.0})
        ratio /= (rows["ln_technology"] > 0.23).map({True: 0.271 / 0.232, False: 1.0})
        place = (rows["ln_industrial_structure"] > 0).astype(int) + (rows["ln_industrial_structure"] > 0.2)
        ratio /= place.map({0: 1.0, 1: 3.0, 2: 0.218 / 0.052})
        assert ratio.std() < 1e-9, region


# --- switches break one thing at a time ------------------------------


@pytest.mark.parametrize("name", sorted(set(twin.SWITCHES) - {"selection"}))
def test_switches_leave_the_digital_level_and_the_controls_alone(name):
    changed = twin.draw("printed", {name: twin.DEFAULT_SIZES[name]}, draw=3).panel
    same = ["ln_digital", "ln_gdp_per_capita", "ln_openness", "ln_capital_intensity", *digital.INDICATORS]
    pd.testing.assert_frame_equal(changed[same], world().panel[same])


def test_selection_moves_the_digital_level_and_only_after_the_first_year():
    changed = twin.draw("plain", {"selection": 0.1}, draw=3).panel
    same = ["ln_gdp_per_capita", "ln_openness", "ln_capital_intensity"]
    pd.testing.assert_frame_equal(changed[same], world("plain").panel[same])
    first = changed["year"] == 2008
    before = world("plain").panel
    assert changed.loc[first, "inclusive_finance"].equals(before.loc[first, "inclusive_finance"])
    assert not changed.loc[~first, "inclusive_finance"].equals(before.loc[~first, "inclusive_finance"])


def test_growing_effects_grow_and_keep_their_average():
    truth = twin.draw("plain", {"growing_effects": -0.02}, draw=3).truth
    by_year = truth.effects.groupby("year")["total"].mean()
    assert by_year.diff().dropna().to_numpy() == pytest.approx(-0.02)
    assert truth.total == pytest.approx(-0.182)


def test_reasons_for_the_switches_left_out():
    from helpers.simulate.worlds import SWITCHES

    assert set(twin.SWITCHES) | set(twin.NOT_OFFERED) == set(SWITCHES)


# --- raw files ------------------------------


@pytest.mark.parametrize("year", [2007, 2012, 2017])
def test_input_output_sheets_balance(year):
    sheets = pd.read_excel(io.BytesIO(files()[f"input_output_{year}.xlsx"]), sheet_name=None, header=None)
    assert len(sheets) == 30
    for sheet in list(sheets.values())[:4]:
        codes = [code for code in sheet.iloc[3] if isinstance(code, str) and code.strip()]
        header, body = sheet.iloc[2].tolist(), sheet.iloc[4:].set_index(1)
        rows = body.loc[codes].drop(columns=0).astype(float)
        rows.columns = header[2:]
        uses = rows["中间使用合计"] + rows["最终使用合计"] - rows["进口"] - rows["国内省外流入"]
        small = 1e-6 * rows["总产出"].sum()
        assert (uses - rows["总产出"]).abs().max() < small
        places = range(2, 2 + len(codes))
        column = body[list(places)].astype(float)
        inputs = column.loc[codes].sum() + column.loc["TVA"]
        assert (inputs.to_numpy() - rows["总产出"].to_numpy()).max() < small
        assert column.loc["TVA"].to_numpy() == pytest.approx(column.loc[["VA1", "VA2", "VA3", "VA4"]].sum().to_numpy())
        assert (rows["国内省外流入"] >= 0).all()


def test_exports_of_a_benchmark_year_are_those_of_its_table():
    sheet = pd.read_excel(io.BytesIO(files()["input_output_2012.xlsx"]), sheet_name="广东", header=None)
    total = float(sheet.set_index(1).loc["TII", sheet.columns[sheet.iloc[2] == "出口"][0]])
    mine = world().parts["sectors"].query("adcode == 440000 and year == 2012")["exports"].sum()
    assert total == pytest.approx(mine * 6.31 / 1e5 * 1e4, rel=1e-6)


@pytest.mark.parametrize("year", [2008, 2014, 2020])
def test_fuel_totals_are_the_sums_of_their_lines(year):
    table = province_tables.read_table(files()[f"fuels_{year}.csv"], "地区")
    numbers = [column for column in table if "(" in column]
    table[numbers] = table[numbers].astype(float)
    lines = table[~table["行业代码"].isin(["", "I"])].groupby("地区")[numbers].sum()
    total = table[table["行业代码"] == ""].set_index("地区")[numbers]
    industry = table[table["行业代码"] == "I"].set_index("地区")[numbers]
    assert (lines - total).abs().max().max() < 5.1  # rounding of gas to whole 10^4 m3
    assert (industry <= total + 1e-9).all(axis=None)
    expected = world().parts["fuels"].query("year == @year").groupby("adcode")["coal"].sum()
    assert total["煤炭(万吨)"].to_numpy() == pytest.approx(expected.to_numpy(), abs=1e-3)


def test_old_fuel_files_have_the_old_encoding():
    with pytest.raises(UnicodeDecodeError):
        files()["fuels_2011.csv"].decode("utf-8")
    assert files()["fuels_2012.csv"].decode("utf-8-sig").startswith("地区")


def test_the_row_of_the_country_is_the_sum_of_31_provinces():
    table = province_tables.read_table(files()["gdp.csv"], "地区").set_index("地区").astype(float)
    assert len(table) == 32
    assert table.loc["全国"].to_numpy() == pytest.approx(table.drop(index="全国").sum().to_numpy(), abs=0.2)
