"""Every check of the chapter rejects the untouched starter, accepts the solution, and names each typical mistake."""

import re

import pandas as pd
import pytest

from helpers import companions, did, event_study
from helpers.checks import first_did as check
from helpers.exercises import Mistake

NUMBERS = ["01", "02", "03", "04", "05", "06", "07"]
KEYS = {"unit": "city", "time": "year"}


def solution(number):
    """The answers, computed the way the chapter's solutions do, not the way the checks do."""
    zones = companions.load_enterprise_zones()
    zones["ever"] = zones.groupby("city")["zone"].transform("max")
    changes = did.first_differences(zones, "log_claims", "zone", **KEYS)
    if number == "01":
        rows = zones[zones["year"] != 1984]
        means = rows.groupby(["ever", rows["year"] > 1984])["log_claims"].mean()
        return (means[1, True] - means[1, False]) - (means[0, True] - means[0, False])
    if number == "02":
        return 100 * (2.718281828459045**changes.estimate - 1)
    if number == "03":
        return did.two_way_fixed_effects(zones, "log_claims", "zone", **KEYS).p
    if number == "04":
        nested = did.two_way_fixed_effects(zones, "log_claims", "zone", **KEYS)
        return nested.standard_error * (188 / 167) ** 0.5
    if number == "05":
        return did.first_differences(zones, "log_claims", "zone", unit_trends=True, **KEYS).estimate
    if number == "06":
        late = zones[zones["zone"] == 1].groupby("city")["year"].min().loc[lambda start: start == 1985].index
        rows = zones[~zones["city"].isin(late) & zones["year"].isin([1983, 1984])]
        means = rows.groupby(["ever", "year"])["log_claims"].mean()
        return (means[1, 1984] - means[1, 1983]) - (means[0, 1984] - means[0, 1983])
    result = event_study.event_study(zones, "log_claims", "zone", first=-4, last=3, base=-2, **KEYS)
    return {k: result.fit.table.loc[name, "estimate"] for k, name in enumerate(result.lags)}


@pytest.mark.filterwarnings("ignore::helpers.panel_regression.FewClustersWarning")
@pytest.mark.parametrize("number", NUMBERS)
def test_starter_solution_and_mistakes(number):
    ex, mistakes = getattr(check, f"ex_{number}"), getattr(check, f"mistakes_{number}")()
    assert not ex(...), "the untouched starter must be rejected"
    assert "three dots" in ex(...).message
    assert ex(solution(number)), ex(solution(number)).message
    assert len(mistakes) >= 2
    for mistake in mistakes:
        verdict = ex(mistake.value)
        assert isinstance(mistake, Mistake)
        assert not verdict and verdict.message == mistake.message
    assert len({mistake.message for mistake in mistakes}) == len(mistakes)


@pytest.mark.parametrize("number", NUMBERS)
def test_an_answer_nobody_expects_is_rejected_without_a_known_mistake(number):
    verdict = getattr(check, f"ex_{number}")({0: 1e6} if number == "07" else 1e6)
    assert not verdict
    assert verdict.message not in {mistake.message for mistake in getattr(check, f"mistakes_{number}")()}


def test_every_check_has_its_mistakes_and_is_tested():
    names = [re.fullmatch(r"ex_(\d\d)", name) for name in dir(check)]
    assert [match[1] for match in names if match] == NUMBERS


def test_messages_do_not_give_the_answer_away():
    for number in NUMBERS:
        answer = solution(number)
        if isinstance(answer, dict):
            continue
        text = " ".join(mistake.message for mistake in getattr(check, f"mistakes_{number}")())
        assert f"{abs(answer):.3f}" not in text


def test_solution_of_the_reference_year_is_a_dictionary_of_event_times():
    assert list(pd.Series(solution("07")).index) == [0, 1, 2, 3]
