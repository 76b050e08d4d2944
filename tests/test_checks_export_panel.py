"""Exercises of *From yearbooks to the panel of province exports*: starter rejected, answer accepted, mistakes named."""

import numpy as np
import pytest

from exercise_checks import check_exercise
from helpers import province_tables, study_data
from helpers.checks import export_panel as check

NUMBERS = ("01", "02", "03", "04", "05")


@pytest.mark.parametrize("number", NUMBERS)
def test_starter_answer_and_mistakes(number):
    check_exercise(check, number)


def test_answers_another_way():
    assert check.expected_01() == pytest.approx(
        province_tables.read_yearbook("gdp").query("year == 2020")["gdp"].sum() / 1e4
    )
    assert check.expected_02() == pytest.approx(province_tables.read_fuels(2010)["煤炭"].sum() / 1e4)
    assert check.expected_03() > 1  # suppliers never take carbon away
    frame = study_data.load("province_exports").frame
    left = frame["ln_digital"] - frame.groupby("adcode")["ln_digital"].transform("mean")
    left = left - left.groupby(frame["year"]).transform("mean")
    early = left[frame["year"] <= frame["year"].min() + 1]
    assert check.expected_05() == pytest.approx(float((early**2).sum() / (left**2).sum()))


def test_the_accounts_of_the_check_give_the_stored_panel():
    ours = np.log(100) + check._log_intensity(check.province_exports_accounts.emission_factors())
    shown = check.province_exports.draw("printed").panel["ln_export_carbon_intensity"].to_numpy().reshape(30, 13)
    assert np.abs(ours - shown).max() < 1e-5
