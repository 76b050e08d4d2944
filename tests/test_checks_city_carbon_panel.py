"""The exercises of *From yearbooks to the panel of cities*: starter rejected, answer accepted, each mistake named."""

import pandas as pd
import pytest

from exercise_checks import check_exercise
from helpers import city_carbon_raw as raw
from helpers import datasets
from helpers.checks import city_carbon_panel as check
from helpers.simulate import city_carbon


@pytest.mark.parametrize("number", ["01", "02", "03", "04", "05"])
def test_starter_answer_and_mistakes(number):
    check_exercise(check, number)


def test_the_raw_files_give_the_stored_panel():
    """From the yearbook sheets to the panel: equal to the twin in every cell, to the stated digits."""
    totals = raw.build_totals()
    stored = datasets.load("city_carbon")
    assert totals[["adcode", "year"]].equals(stored[["adcode", "year"]])
    real = raw.real_gdp(totals)
    bounds = raw.load_digital_bounds()
    rebuilt = {
        "carbon_intensity": raw.co2_by_carrier(totals).sum(axis=1) / (real / 1e4),
        "urban_share": totals["urban_population"] / totals["population"],
        "fiscal_share": totals["fiscal"] / totals["gdp"],
        "road_area_per_capita": totals["road_area"] / totals["population"],
        "population": totals["population"] / 1e4,
        "digital_infrastructure": (totals[bounds.index] / bounds).mean(axis=1, skipna=False),
        "specialisation": raw.location_quotient(totals, raw.LOW + raw.HIGH),
        "secondary_share": totals["secondary"] / totals["gdp"],
    }
    for name, values in rebuilt.items():
        assert values.isna().equals(stored[name].isna()), name
        unit = 10.0 ** -city_carbon.DIGITS[name]
        assert (values - stored[name]).abs().max() < unit, name


def test_a_province_without_a_factor_is_refused():
    with pytest.raises(ValueError, match="no electricity factor for 西藏自治区"):
        raw.co2_by_carrier(pd.DataFrame({"province_zh": ["西藏自治区"], "electricity": [1.0]}))


def test_policies_start_in_the_first_year_of_the_list():
    panel = pd.DataFrame({"adcode": [1, 1, 2], "year": [2012, 2013, 2013]})
    assert raw.policy_flag(panel, pd.DataFrame({"adcode": [1, 1], "year": [2013, 2015]})).tolist() == [0, 1, 0]
