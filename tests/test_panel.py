"""Treatment coding: every rule by hand on a small list, on the real list, and its properties."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import datasets, panel, support

HANGZHOU, JINHUA, PLAIN, BAODING = 330100, 330700, 999900, 130600


def small_list() -> pd.DataFrame:
    """Four zones: an early one, a county-level city with its prefecture later, a new area in another prefecture."""
    return pd.DataFrame({
        "zone_as_printed": ["Hangzhou", "Yiwu", "Jinhua", "Xiongan New Area"],
        "adcode": [HANGZHOU, JINHUA, JINHUA, BAODING],
        "below_prefecture": [0, 1, 0, 1],
        "batch_year": [2015, 2018, 2022, 2019],
        "signed_date": pd.to_datetime(["2015-03-07", "2018-07-24", None, None]),
        "released_date": pd.to_datetime(["2015-03-12", None, "2022-02-08", "2019-12-24"]),
    })  # fmt: skip


def coded(**options) -> pd.DataFrame:
    units = [HANGZHOU, JINHUA, PLAIN, BAODING]
    return panel.treatment_panel(small_list(), units, range(2014, 2024), **options).set_index(["adcode", "year"])


def cohorts(**options) -> dict:
    return coded(**options)["cohort"].groupby("adcode").first().dropna().astype(int).to_dict()


@pytest.mark.parametrize(
    ("rule", "hangzhou", "jinhua", "baoding"),
    [
        ("same_year", 2015, 2018, 2019),
        ("following_year", 2016, 2019, 2020),
        ("half_year", 2015, 2019, 2020),
        ("december_next_year", 2015, 2018, 2020),
        ("share", 2015, 2018, 2019),
    ],
)
def test_each_rule_by_hand(rule, hangzhou, jinhua, baoding):
    assert cohorts(rule=rule) == {HANGZHOU: hangzhou, JINHUA: jinhua, BAODING: baoding}


def test_dropping_smaller_zones_moves_jinhua_to_its_own_date_and_frees_baoding():
    assert cohorts(below_prefecture="drop") == {HANGZHOU: 2015, JINHUA: 2022}


def test_partial_is_flagged_until_the_whole_prefecture_is_approved():
    frame = coded(below_prefecture="partial")
    assert frame.index[frame["partial"]].tolist() == [(BAODING, y) for y in range(2019, 2024)] + [
        (JINHUA, y) for y in range(2018, 2022)
    ]
    assert frame.loc[frame["partial"], "share"].isna().all()
    assert frame.loc[(JINHUA, 2022), "share"] == 1


def test_partial_share_given_by_the_user():
    frame = coded(below_prefecture="partial", rule="share", partial_share={JINHUA: 0.25})
    # 24 July 2018 to 31 December are 161 of 365 days; 8 February 2022 to 31 December are 327
    assert frame.loc[(JINHUA, 2018), "share"] == pytest.approx(0.25 * 161 / 365)
    assert frame.loc[(JINHUA, 2020), "share"] == 0.25
    assert frame.loc[(JINHUA, 2022), "share"] == pytest.approx(327 / 365 + 0.25 * 38 / 365)
    assert np.isnan(frame.loc[(BAODING, 2020), "share"])


def test_share_counts_both_ends_of_the_year():
    signed = coded(rule="share", date="earliest").loc[(HANGZHOU, 2015), "share"]
    released = coded(rule="share", date="latest").loc[(HANGZHOU, 2015), "share"]
    assert signed == pytest.approx(300 / 365) and released == pytest.approx(295 / 365)
    assert coded(rule="share").loc[(BAODING, 2019), "share"] == pytest.approx(8 / 365)


def test_event_time_is_missing_for_the_never_treated_and_counts_from_the_cohort():
    frame = coded()
    assert frame.loc[PLAIN, "event_time"].isna().all() and str(frame["event_time"].dtype) == "Int64"
    assert frame.loc[(HANGZHOU, 2014), "event_time"] == -1 and frame.loc[(HANGZHOU, 2023), "event_time"] == 8


def test_a_cohort_after_the_last_year_is_kept_but_not_treated():
    frame = panel.treatment_panel(small_list(), [HANGZHOU, JINHUA], range(2010, 2015))
    assert frame["treated"].sum() == 0 and set(frame["cohort"]) == {2015, 2018}


def test_a_rule_without_its_date_names_the_zones():
    with pytest.raises(panel.PanelError, match="needs the signed date, which 2 zones lack: Jinhua, Xiongan"):
        coded(rule="half_year", date="signed")
    with pytest.raises(panel.PanelError, match="Yiwu"):
        coded(rule="share", date="released")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"rule": "next_year"}, "unknown rule 'next_year'"),
        ({"below_prefecture": "up"}, "unknown below_prefecture"),
        ({"rule": "share", "date": "printed"}, "unknown date"),
        ({"partial_share": 0.5}, "only used with"),
        ({"below_prefecture": "partial", "partial_share": 1.5}, "between 0 and 1"),
    ],
)
def test_unknown_options(options, message):
    with pytest.raises(ValueError, match=message):
        coded(**options)


def test_bad_lists():
    zones = small_list()
    with pytest.raises(panel.PanelError, match="units repeat: 330100"):
        panel.treatment_panel(zones, [HANGZHOU, HANGZHOU], [2015])
    with pytest.raises(panel.PanelError, match="non-empty"):
        panel.treatment_panel(zones, [HANGZHOU], [])
    with pytest.raises(panel.PanelError, match=r"no host prefecture.*Yiwu"):
        panel.treatment_panel(zones.assign(adcode=zones["adcode"].where([True, False, True, True])), [HANGZHOU], [2015])
    with pytest.raises(panel.PanelError, match=r"lacks the column.*below_prefecture"):
        panel.treatment_panel(zones.drop(columns="below_prefecture"), [HANGZHOU], [2015])


# --- the real list ---


@pytest.fixture(scope="module")
def yearbook() -> pd.DataFrame:
    prefectures = datasets.load_prefectures()
    return prefectures[prefectures["type"].isin(["地级市", "直辖市"])]


@pytest.fixture(scope="module")
def zones() -> pd.DataFrame:
    return datasets.load_pilot_zones()


def test_132_zones_are_131_prefectures_are_126_cities(zones, yearbook):
    assert len(zones) == 132 and zones["adcode"].nunique() == 131
    frame = panel.treatment_panel(zones, yearbook["adcode"], range(2005, 2023))
    assert frame.loc[frame["treated"] == 1, "adcode"].nunique() == 126
    assert len(frame) == 297 * 18 and frame["treated"].sum() == 452


def test_adoption_by_year(zones, yearbook):
    curve = support.adoption_curve(panel.treatment_panel(zones, yearbook["adcode"], range(2014, 2023)))
    # batches 1/12/22/24/46/27 less the places no yearbook covers and the second date of Jinhua
    assert curve["newly_treated"].tolist() == [0, 1, 12, 0, 22, 23, 45, 0, 23]
    assert (curve["treated"] + curve["untreated"] == 297).all()


def test_the_last_lag_rests_on_one_city(zones, yearbook):
    frame = panel.treatment_panel(zones, yearbook["adcode"], range(2005, 2023))
    cities = support.event_support(frame)["cities"]
    assert cities.loc[7] == 1 and cities.loc[0] == 126 and cities.loc[5] == 13
    only = frame.loc[frame["event_time"] == 7, "adcode"]
    assert only.tolist() == [HANGZHOU]
    assert (support.event_support(frame, (-5, 2))["cities"] == 103).all()


def test_provinces_without_an_untreated_city(zones, yearbook):
    frame = panel.treatment_panel(zones, yearbook["adcode"], range(2005, 2023))
    groups = yearbook.set_index("adcode")["province_zh"]
    assert {"广东省", "江苏省", "浙江省", "青海省"} < set(support.groups_without_control(frame, groups, 2022))
    assert "广东省" not in support.groups_without_control(frame, groups, 2021)
    with pytest.raises(panel.PanelError, match="no year 2030"):
        support.groups_without_control(frame, groups, 2030)
    with pytest.raises(panel.PanelError, match="no group for"):
        support.untreated_by_group(frame, groups.drop(HANGZHOU))


def test_signed_dates_alone_do_not_cover_the_list(zones, yearbook):
    with pytest.raises(panel.PanelError, match="zones lack"):
        panel.treatment_panel(zones.assign(signed_date=pd.NaT), yearbook["adcode"], [2015], rule="share", date="signed")


# --- what every coding keeps ---

zone_rows = st.lists(
    st.tuples(st.integers(1, 6), st.booleans(), st.dates(dt.date(2012, 1, 1), dt.date(2020, 12, 31))),
    min_size=1, max_size=12,
)  # fmt: skip


def as_zones(rows) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["adcode", "below_prefecture", "signed_date"])
    frame["signed_date"] = pd.to_datetime(frame["signed_date"])
    return frame.assign(released_date=pd.NaT, batch_year=frame["signed_date"].dt.year)


@settings(deadline=None, max_examples=60)
@given(zone_rows, st.sampled_from(panel.RULES), st.sampled_from(panel.BELOW_PREFECTURE))
def test_properties_of_every_coding(rows, rule, below):
    frame = panel.treatment_panel(as_zones(rows), range(1, 9), range(2010, 2023), rule=rule, below_prefecture=below)
    wide = panel.check_panel(frame)
    assert wide.shape == (8, 13) and wide.loc[7:].to_numpy().sum() == 0
    on = frame["treated"] == 1
    assert (frame.loc[on, "event_time"] >= 0).all() and (frame.loc[~on, "event_time"].dropna() < 0).all()
    assert frame["share"].dropna().between(0, 1).all() and (frame.loc[~on, "share"] == 0).all()
    # a year that is part zone, part whole prefecture has an unknown share too
    assert (frame.loc[on, "share"].dropna() > 0).all() and (below == "partial" or frame["share"].notna().all())
    shuffled = panel.treatment_panel(
        as_zones(rows[::-1]), range(8, 0, -1), range(2010, 2023), rule=rule, below_prefecture=below
    )
    pd.testing.assert_frame_equal(frame, shuffled)


@settings(deadline=None, max_examples=40)
@given(zone_rows)
def test_rules_are_ordered_and_dropping_never_treats_more(rows):
    def total(**options):
        return panel.treatment_panel(as_zones(rows), range(1, 7), range(2010, 2023), **options)["treated"].sum()

    assert (
        total(rule="same_year")
        >= total(rule="december_next_year")
        >= total(rule="half_year")
        >= total(rule="following_year")
    )
    assert total(below_prefecture="map_up") == total(below_prefecture="partial") >= total(below_prefecture="drop")


def test_check_panel_refuses(zones, yearbook):
    frame = panel.treatment_panel(small_list(), [HANGZHOU, PLAIN], range(2014, 2018))
    cases = {
        "duplicated unit-years: 330100 in 2014": pd.concat([frame, frame.head(1)]),
        "unbalanced, 1 unit-years are missing: 330100 in 2014": frame.iloc[1:],
        "switches off: 330100 in 2017": frame.assign(treated=frame["treated"].where(frame["year"] != 2017, 0)),
        "0 and 1 only": frame.assign(treated=frame["treated"] * 2),
        "missing values": frame.assign(treated=frame["treated"].where(frame["year"] != 2017)),
        "lacks the column": frame.drop(columns="treated"),
    }
    for message, broken in cases.items():
        with pytest.raises(panel.PanelError, match=message):
            panel.check_panel(broken)


def test_event_support_refuses():
    frame = panel.treatment_panel(small_list(), [HANGZHOU, PLAIN], range(2014, 2018))
    for window, message in {(1, 0): "reversed", (-9, 0): "no city is observed"}.items():
        with pytest.raises(panel.PanelError, match=message):
            support.event_support(frame, window)
    with pytest.raises(panel.PanelError, match="no city is ever treated"):
        support.event_support(frame[frame["adcode"] == PLAIN])
    with pytest.raises(panel.PanelError, match="more than one cohort"):
        support.event_support(frame.assign(cohort=frame["year"].astype("Int64")))
