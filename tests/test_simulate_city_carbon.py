"""The city-carbon twin: its cities, its printed moments, its accounts, its switches, its raw files."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import datasets, published
from helpers.fast_panel import fit_many, prepare
from helpers.simulate import city_carbon, city_carbon_controls, city_carbon_energy, city_carbon_outcome
from helpers.simulate import city_carbon_moments as moments_module
from helpers.simulate import city_carbon_sample as sample_module
from helpers.simulate.parameters import load_parameters

CONTROLS = list(city_carbon_controls.CONTROLS.values())


@pytest.fixture(scope="module")
def sample():
    return sample_module.load_sample()


@pytest.fixture(scope="module")
def plain():
    return [city_carbon.draw("plain", draw=number) for number in range(1, 9)]


@pytest.fixture(scope="module")
def printed():
    return [city_carbon.draw("printed", draw=number) for number in range(1, 9)]


def equation_1(panel: pd.DataFrame) -> float:
    rows = panel.dropna(subset=CONTROLS)
    prepared = prepare(rows, CONTROLS, effects=("adcode", "year"), cluster="adcode")
    return float(fit_many(prepared, rows["carbon_intensity"], rows["treated"], errors="clustered").estimates[0, 0])


# --- who is in --------------------------------------------------------------------------------------------------------


def test_the_rule_gives_the_printed_counts(sample):
    assert sample.treated.shape == (270, 12)
    assert sample.controls_seen.sum() == 3218
    assert (sample.treated * sample.controls_seen).sum() == sample.treated.sum() == 302


def test_the_sample_follows_its_written_rule():
    table = sample_module.candidates()
    inside = table[table["left_out"].eq("")]
    assert len(table) == 297 and len(inside) == 270
    assert not inside["province_zh"].eq("西藏自治区").any()
    assert not inside["adcode"].isin([110000, 120000, 310000, 500000]).any()
    small = table[table["left_out"].str.startswith("not among")]
    assert small["population_2020"].max() < inside["population_2020"].min()


def test_treated_cities_left_out_are_listed_with_their_reason():
    left = sample_module.treated_left_out().set_index("prefecture_zh")
    assert {"北京市", "天津市", "上海市", "重庆市", "三亚市"} <= set(left.index)
    assert left["left_out"].ne("").all()
    assert left.loc[["北京市", "天津市", "上海市", "重庆市", "三亚市"], "treated_years"].sum() == 326 - 302


def test_other_codings_are_counted_and_judged():
    table = sample_module.codings().set_index(["rule", "below_prefecture", "sample"]).sort_index()
    assert table.loc[("same_year", "map_up", "297 cities of the yearbooks"), "treated_city_years"] == 326
    assert table.loc[("december_next_year", "map_up", "297 cities of the yearbooks"), "treated_city_years"] == 303
    assert table.loc[("same_year", "drop", "297 cities of the yearbooks"), "treated_city_years"] == 315
    for rule in ("half_year", "following_year"):
        assert table.loc[rule, "verdict"].eq("cannot give 302").all()
    possible = table[table["verdict"].ne("cannot give 302")]
    assert possible["treated_city_years"].ge(302).all()
    book = possible.loc[("same_year", "map_up", "270 of the book")]
    assert book["treated_city_years"] == 302 and "no row without controls" in book["verdict"]


def test_missing_cells_never_depend_on_treatment(sample):
    hidden = np.zeros(sample.treated.shape, dtype=bool)
    for name in CONTROLS:
        hidden |= sample.missing[name]
    assert hidden.sum() == 22
    assert hidden[:, 4:].sum() == 0  # all before the first zone of 2015


# --- printed moments ---


def test_printed_t_and_bias_give_back_their_standard_deviations():
    first, other = city_carbon_controls.spreads(10.915, 10.238, 17.68, 106.1, (302, 2916))
    gap = 10.915 - 10.238
    pooled = (302 * first**2 + 2916 * other**2) / 3218
    assert gap / np.sqrt(pooled * (1 / 302 + 1 / 2916)) == pytest.approx(17.68)
    assert 100 * gap / np.sqrt((first**2 + other**2) / 2) == pytest.approx(106.1)
    with pytest.raises(ValueError, match="no two standard deviations"):
        city_carbon_controls.spreads(1.0, 0.0, 17.68, 1000.0, (302, 2916))


def test_every_printed_n_is_met_or_named():
    table = moments_module.moments(city_carbon.draw("printed", draw=3))
    counts = table[table["stat"].isin(["n", "group_size"])]
    met = counts[counts["relation"].ne("cannot be met")]
    assert len(met) > 20
    assert met["printed"].eq(met["simulated"]).all()
    unmet = counts[counts["relation"].eq("cannot be met")]
    assert unmet["table"].tolist() == ["T9"] and unmet["printed"].isna().all()


def test_balance_lies_near_the_printed_one_in_the_median():
    """Medians over eight draws; their spread over draws is about a fifth of a standard error of eight."""
    tables = [moments_module.moments(city_carbon.draw("printed", draw=number)) for number in range(1, 9)]
    table = tables[0].assign(median=np.median([one["simulated"] for one in tables], axis=0))
    means = table[table["stat"].eq("mean") & table["simulated"].notna()]
    assert len(means) == 10
    spread = {"GDP": 0.63, "Urban": 0.14, "Gov": 0.099, "Inter": 0.87, "Infra": 7.4}
    assert ((means["median"] - means["printed"]).abs() < 0.1 * means["term"].map(spread)).all()
    others = table[table["stat"].eq("bias_pct") & table["simulated"].notna()]
    assert ((others["median"] - others["printed"]).abs() < 8).all()


def test_cells_that_cannot_be_met_are_printed_cells_with_a_reason():
    cells = published.load_cells("wang2025")
    known = set(cells["table"] + " | " + cells["column"] + " | " + cells["term"] + " | " + cells["stat"].astype(str))
    assert set(moments_module.CITY_CARBON_CANNOT) <= known
    assert all(len(reason) > 5 for reason in moments_module.CITY_CARBON_CANNOT.values())


def test_the_outcome_has_the_printed_mean_and_is_skewed(printed):
    target = 0.992 - 0.0846 * 302 / 3240
    means = [world.panel["carbon_intensity"].mean() for world in printed]
    assert np.median(means) == pytest.approx(target, abs=0.01)
    for world in printed:
        assert world.panel["carbon_intensity"].min() > 0
        assert world.panel["carbon_intensity"].skew() > 2
        assert world.panel["carbon_intensity"].std() == pytest.approx(0.864, abs=0.05)


# --- truth ---


def test_plain_world_is_equation_1(plain):
    """Without its disturbance the outcome is effects, treatment and controls: the regression finds every slope."""
    p = load_parameters("city_carbon")
    estimates = [equation_1(world.complete) for world in plain]
    assert all(world.truth.total == pytest.approx(p["effect"]) for world in plain)
    assert all(world.truth.two_way_weighted == pytest.approx(p["effect"]) for world in plain)
    assert np.mean(estimates) == pytest.approx(p["effect"], abs=3 * 0.011 / np.sqrt(len(plain)))


def test_mediators_do_nothing_in_the_plain_world_and_something_in_the_printed_one(plain, printed):
    assert all(value == 0 for value in plain[0].truth.mediated.values())
    p, truth = load_parameters("city_carbon"), printed[0].truth
    for key, column in city_carbon_outcome.MEDIATORS.items():
        assert truth.mediated[column] == pytest.approx(p[key]["path"])


def test_printed_effects_average_to_the_pinned_cells(sample):
    p, rows = load_parameters("city_carbon"), sample.treated.sum(axis=1)
    effect, cities = city_carbon_outcome.printed_effects(), sample.cities
    for region in ("east", "central", "west", "northeast"):
        inside = cities["region4"].eq(region).to_numpy()
        assert (effect * rows)[inside].sum() / rows[inside].sum() == pytest.approx(p[f"effect_{region}"], abs=1e-6)
    large = cities["large_city"].eq(1).to_numpy()
    assert (effect * rows)[large].sum() / rows[large].sum() == pytest.approx(p["effect_large"], abs=1e-6)


def test_truth_lists_the_302_treated_rows(printed):
    effects = printed[0].truth.effects
    assert len(effects) == 302
    assert effects["total"].mean() == pytest.approx(printed[0].truth.total)


def test_switches_that_break_identification_move_the_estimate_and_not_the_truth(plain):
    before = np.array([equation_1(world.panel) for world in plain])
    for name, sign in (("diverging_trends", -1), ("anticipation", 1), ("spillover", 1), ("common_shock", -1)):
        size = city_carbon.DEFAULT_SIZES[name]
        worlds = [city_carbon.draw("plain", {name: size}, draw=world.draw) for world in plain]
        moved = np.array([equation_1(world.panel) for world in worlds]) - before
        assert (np.sign(moved) == sign).all(), name
        assert all(world.truth.total == pytest.approx(-0.0475) for world in worlds)


@settings(max_examples=8, deadline=None)
@given(name=st.sampled_from(sorted(city_carbon.SWITCHES)), number=st.integers(1, 50))
def test_a_switch_leaves_controls_and_missing_cells_alone(name, number):
    before = city_carbon.draw("plain", draw=number).panel
    after = city_carbon.draw("plain", {name: city_carbon.DEFAULT_SIZES[name]}, draw=number).panel
    same = [*CONTROLS, "treated", "population", "secondary_share", "smart_city", "broadband_china"]
    pd.testing.assert_frame_equal(before[same], after[same])
    assert before.isna().equals(after.isna())


def test_too_large_a_switch_is_refused():
    with pytest.raises(ValueError, match="not positive everywhere"):
        city_carbon.draw("plain", {"diverging_trends": -5.0}, draw=1)


# --- accounts ---


def test_energy_times_factors_is_intensity_times_output(plain):
    world, factors = plain[0], city_carbon_energy.factors()
    use = world.parts["energy"].set_index(["adcode", "year"])
    rates = factors.reindex(use.index.get_level_values("adcode")).set_axis(use.index)
    co2 = (use * rates[use.columns]).sum(axis=1)
    output = world.parts["economy"].set_index(["adcode", "year"])["real_gdp"]
    intensity = world.complete.set_index(["adcode", "year"])["carbon_intensity"]
    assert (co2 / output - intensity).abs().max() <= 0.5e-5 + 1e-12


def test_factors_have_their_sources():
    factors = city_carbon_energy.factors()
    real = datasets.load_electricity_factors().set_index("province_zh")["co2_kg_per_kwh"]
    assert factors.loc[330100, "electricity"] == pytest.approx(10 * real["浙江省"])  # t per 10^4 kWh
    assert factors["diesel"].iloc[0] == pytest.approx(3.19, abs=0.02)  # t per t
    assert factors["natural_gas"].iloc[0] == pytest.approx(19.3, abs=0.5)  # t per 10^4 m3


def test_disturbances_persist_and_grow_with_the_level(plain):
    slopes = plain[0].truth.coefficients
    ratios, lags = [], []
    for world in plain:
        left = world.complete["carbon_intensity"] + 0.0475 * world.complete["treated"]
        left = left - sum(slopes[name] * world.complete[name] for name in CONTROLS)
        wide = left.to_numpy().reshape(270, 12)
        wide = wide - wide.mean(axis=1, keepdims=True)
        wide = wide - wide.mean(axis=0, keepdims=True)
        level = world.complete["carbon_intensity"].to_numpy().reshape(270, 12).mean(axis=1)
        high = level > np.median(level)
        ratios.append(wide[high].std() / wide[~high].std())
        lags.append(np.corrcoef(wide[:, 1:].ravel(), wide[:, :-1].ravel())[0, 1])
    assert min(ratios) > 1.5
    assert np.mean(lags) > 0.45  # a persistence of .7 less what twelve-year means take away


def test_location_quotients_average_to_one(plain):
    world = plain[0]
    staff = world.parts["employment"]
    joined = world.complete[["year", "specialisation"]].assign(total=staff["total"])
    joined = joined[joined["year"].between(2011, 2019)]
    weighted = (joined["specialisation"] * joined["total"]).groupby(joined["year"]).sum()
    assert (weighted / joined.groupby("year")["total"].sum()).to_numpy() == pytest.approx(1.0, abs=1e-4)


def test_digital_index_is_the_mean_of_its_indicators(plain):
    bounds = pd.Series(load_parameters("city_carbon")["digital_upper"])
    index = (plain[0].parts["digital"][bounds.index] / bounds).mean(axis=1)
    assert (index - plain[0].complete["digital_infrastructure"]).abs().max() < 1e-6
