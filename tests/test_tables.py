"""Tables: labelled, escaped, legible; printed and computed numbers compared by the rounding interval."""

import html
import math
import re
from decimal import Decimal
from fractions import Fraction
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from helpers import tables

MINUS = "\N{MINUS SIGN}"


class Cells(HTMLParser):
    """Read back the text of every cell of a table."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.tags: list[str] = []
        self.inside = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list) -> None:
        self.tags.append(tag)
        self.inside = tag in ("td", "th")
        if tag == "tr":
            self.rows.append([])
        if self.inside:
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        self.inside = self.inside and tag not in ("td", "th")

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.rows[-1][-1] += data


def shown(values: list, **options: object) -> list[str]:
    """Return how a column of these values reads."""
    frame = pd.DataFrame({"value": values})
    table = tables.show(frame, kind="real", caption="A column.", index=False, **options)
    return [row[0] for row in Cells(table.html).rows[1:]]


# --- show -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"kind": "true", "caption": "x"}, "unknown kind"),
        ({"kind": "", "caption": "x"}, "kind of data is missing"),
        ({"kind": [], "caption": "x"}, "no kind of data given"),
        ({"kind": "real", "caption": "  "}, "caption"),
    ],
)
def test_a_table_without_kind_or_caption_is_refused(options: dict, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        tables.show(pd.DataFrame({"a": [1]}), **options)


def test_kind_and_caption_cannot_be_left_out() -> None:
    with pytest.raises(TypeError):
        tables.show(pd.DataFrame({"a": [1]}))


def test_a_frame_without_columns_is_refused() -> None:
    with pytest.raises(ValueError, match="no columns"):
        tables.show(pd.DataFrame(index=[1, 2]), kind="real", caption="x")


def test_the_label_is_on_the_table_in_every_form() -> None:
    table = tables.show(pd.DataFrame({"a": [1]}), kind=["real", "simulated"], caption="One number.")
    assert table.kind == "simulated"
    assert '<span class="kind kind-simulated">simulated data</span>' in table._repr_html_()
    assert repr(table).startswith("[simulated data]")


def test_markup_in_data_names_caption_and_source_stays_text() -> None:
    evil = "<script>alert('x') & \"y\"</script>"
    frame = pd.DataFrame({evil: [evil, 1, ["<b>"], {"<i>": 1}]}, dtype=object)
    table = tables.show(frame, kind="real", caption=evil, source=evil, index=False)
    read = Cells(table.html)
    assert "script" not in read.tags
    assert "b" not in read.tags
    assert read.rows[0] == [evil]
    assert read.rows[1] == [evil]
    assert table.html.count(html.escape(evil)) == 5  # heading, cell, caption, source, name of the region


@settings(deadline=None)
@given(st.lists(st.one_of(st.text(), st.none(), st.integers(), st.booleans(), st.floats()), min_size=1))
def test_any_value_can_be_shown(values: list) -> None:
    frame = pd.DataFrame({"value": pd.Series(values, dtype=object)})
    rows = Cells(tables.show(frame, kind="local", caption="Anything.", index=False).html).rows
    assert len(rows) == len(values) + 1
    assert all(len(row) == 1 for row in rows)


def test_numbers_read_as_in_print() -> None:
    assert shown([0.5, -0.25, 1234.5678, -0.0]) == ["0.500", f"{MINUS}0.250", "1,234.568", "0.000"]
    assert shown([-0.0004]) == [f"{MINUS}0.000"]  # a small negative number keeps its sign
    assert shown([-1500, 12]) == [f"{MINUS}1,500", "12"]
    assert shown([1.005, 2.5], decimals=0) == ["1", "2"]
    assert shown([1.23456], decimals={"value": 1}) == ["1.2"]
    assert shown([1.23456], decimals={"other": 1}) == ["1.235"]


def test_missing_values_are_blank_whatever_their_type() -> None:
    assert shown([1.5, float("nan")])[1] == ""
    assert shown(pd.array([1, None], dtype="Int64"))[1] == ""
    assert shown([pd.Timestamp("2019-12-24"), pd.NaT]) == ["2019-12-24", ""]
    assert shown(["a", None, pd.NA])[1:] == ["", ""]
    assert shown(pd.array([True, None], dtype="boolean")) == ["yes", ""]


def test_codes_and_years_have_no_separator() -> None:
    frame = pd.DataFrame({"adcode": [330100], "year": [2015], "batch_year": [2016], "rows": [5364]})
    rows = Cells(tables.show(frame, kind="real", caption="x", index=False).html).rows
    assert rows == [["adcode", "year", "batch year", "rows"], ["330100", "2015", "2016", "5,364"]]


def test_the_sort_key_is_a_plain_number_whatever_the_type() -> None:
    values = [1.5, np.float64(-2.5), np.float32(0.25), 3, np.int64(4)]
    frame = pd.DataFrame({"value": pd.Series(values, dtype=object)})
    keys = re.findall(r'data-value="([^"]*)"', tables.show(frame, kind="real", caption="x", index=False).html)
    assert [float(key) for key in keys] == values


def test_the_index_is_the_first_column_and_the_frame_is_untouched() -> None:
    frame = pd.DataFrame({"n": [1, 2]}, index=pd.Index(["east", "west"], name="region"))
    before = frame.copy()
    table = tables.show(frame, kind="real", caption="x")
    assert Cells(table.html).rows == [["region", "n"], ["east", "1"], ["west", "2"]]
    assert table.frame is frame
    pd.testing.assert_frame_equal(frame, before)


def test_columns_of_one_name_both_stand() -> None:
    frame = pd.DataFrame([[1, 2]], columns=["n", "n"])
    assert Cells(tables.show(frame, kind="real", caption="x", index=False).html).rows[1] == ["1", "2"]


# --- passport ---------------------------------------------------------------------------------------------------------


def test_a_passport_takes_the_weakest_kind() -> None:
    steps = [
        {"step": "list", "kind": "real", "unit": "zone", "rows": 132},
        {"step": "outcome", "kind": "simulated", "unit": "city-year", "rows": 5364},
    ]
    assert tables.passport(steps).kind == "simulated"
    assert tables.passport(steps[:1]).kind == "real"


def test_a_passport_names_the_step_that_is_wrong() -> None:
    good = {"step": "list", "kind": "real", "unit": "zone", "rows": 132}
    with pytest.raises(ValueError, match="step 2 lacks unit, rows"):
        tables.passport([good, {"step": "x", "kind": "real"}])
    with pytest.raises(ValueError, match="unknown kind"):
        tables.passport([{**good, "kind": "fake"}])


# --- printed and ours -------------------------------------------------------------------------------------------------


def agrees(printed: str, ours: float) -> bool:
    """Return what printed_and_ours says about one pair."""
    row = {"quantity": "b", "place": "Table 3", "printed": printed, "ours": ours}
    return bool(tables.printed_and_ours([row], kind="real").frame["agrees_to_printed_digits"].iloc[0])


@pytest.mark.parametrize(
    ("printed", "ours", "expected"),
    [
        ("0.08", 0.0797, True),
        ("0.08", 0.0851, False),
        ("0.350", 0.35049, True),
        ("0.350", 0.3506, False),
        ("0.35", 0.3506, True),
        ("0.35", 0.3551, False),
        ("0.35", 0.3549, True),
        ("-0.182", -0.18151, True),
        (f"{MINUS}0.182", -0.182, True),
        ("-0.182", 0.182, False),
        ("0.00", -0.0049, True),
        ("-0.00", 0.0049, True),
        ("-11,863.9", -11863.903, True),
        ("5,364", 5364, True),
        ("5364", 5363, False),
        ("5364", 5363.6, True),
        # ties: print does not say whether its authors rounded halves up or to even, so both neighbours agree,
        # also where no binary number is the tie itself (2.675 is stored as 2.67499...)
        ("0.12", 0.125, True),
        ("0.13", 0.125, True),
        ("2.67", 2.675, True),
        ("2.68", 2.675, True),
        ("2.66", 2.675, False),
        ("2", 2.5, True),
        ("3", 2.5, True),
    ],
)
def test_agreement_is_the_rounding_interval(printed: str, ours: float, expected: bool) -> None:
    assert agrees(printed, ours) is expected


@settings(deadline=None)
@given(st.decimals(-10_000, 10_000, places=5), st.integers(0, 4))
def test_every_way_of_rounding_agrees_with_its_own_number(value: Decimal, digits: int) -> None:
    unit = Decimal(1).scaleb(-digits)
    for rounding in ("ROUND_HALF_UP", "ROUND_HALF_EVEN", "ROUND_HALF_DOWN"):
        assert agrees(str(value.quantize(unit, rounding=rounding)), float(value))


@settings(deadline=None)
@given(st.decimals(-10_000, 10_000, places=3), st.floats(-10_000, 10_000))
def test_agreement_is_exact_arithmetic_away_from_the_edge(printed: Decimal, ours: float) -> None:
    gap = abs(Fraction(printed) - Fraction(ours))
    half = Fraction(1, 2000)
    assume(abs(gap - half) > Fraction(1, 10**4))
    assert agrees(str(printed), ours) == (gap < half)


def test_differences_are_of_numbers_and_whole_numbers_stay_whole() -> None:
    rows = [
        {"quantity": "N", "place": "Table 2", "printed": "5,364", "ours": 5346},
        {"quantity": "mean", "place": "Table 2", "printed": "0.08", "ours": 0.0825},
    ]
    frame = tables.printed_and_ours(rows, kind=["real", "published"]).frame
    assert frame["difference"].iloc[0] == -18
    assert isinstance(frame["ours"].iloc[0], int)
    assert math.isclose(frame["difference"].iloc[1], 0.0025)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"printed": 0.08}, "write 'mean' as text"),
        ({"printed": "about 0.08"}, "'mean'.*not a printed number"),
        ({"printed": "0.08***"}, "not a printed number"),
        ({"printed": ""}, "not a printed number"),
        ({"ours": float("nan")}, "'mean'"),
        ({"ours": "much"}, "'mean'"),
        ({"ours": None}, "'mean'"),
    ],
)
def test_what_is_no_number_is_named(change: dict, says: str) -> None:
    row = {"quantity": "mean", "place": "Table 2", "printed": "0.08", "ours": 0.0825, **change}
    with pytest.raises(ValueError, match=says):
        tables.printed_and_ours([row], kind="real")


def test_a_row_without_its_parts_is_named() -> None:
    row = {"quantity": "mean", "place": "Table 2", "printed": "0.08", "ours": 0.08}
    with pytest.raises(ValueError, match="row 2 lacks place, ours"):
        tables.printed_and_ours([row, {"quantity": "sd", "printed": "0.27"}], kind="real")
    with pytest.raises(ValueError, match="no rows"):
        tables.printed_and_ours([], kind="real")


# --- key numbers ------------------------------------------------------------------------------------------------------


def test_key_numbers_print_one_a_line(capsys: pytest.CaptureFixture) -> None:
    tables.key_numbers({"cities": 297, "mean": 0.08251, "rule": "same year", "share": np.float32(0.5)})
    assert capsys.readouterr().out.splitlines() == [
        "cities  297",
        "mean    0.083",
        "rule    same year",
        "share   0.500",
    ]


def test_the_last_bit_of_a_zero_does_not_change_the_text(capsys: pytest.CaptureFixture) -> None:
    tables.key_numbers({"gap": -1e-17})
    tables.key_numbers({"gap": 1e-17})
    first, second = capsys.readouterr().out.splitlines()
    assert first == second == "gap  0.000"


def test_no_key_numbers_is_an_error() -> None:
    with pytest.raises(ValueError, match="no numbers"):
        tables.key_numbers({})


def test_printed_and_ours_shows_the_truth_where_it_is_known_and_a_blank_elsewhere():
    row = {"quantity": "effect", "place": "Table 1", "printed": "-0.048", "ours": -0.0479}
    assert "truth" not in tables.printed_and_ours([row], kind="local").frame
    twin = tables.printed_and_ours([{**row, "truth": -0.05}, row], kind="simulated")
    assert twin.frame.columns.tolist()[3:5] == ["ours", "truth"]
    assert twin.html.count("−0.0500") == 1
    local = tables.printed_and_ours([{**row, "truth": float("nan")}], kind="local")
    assert "<td></td>" in local.html
    assert "nan" not in local.html.lower()


def test_key_numbers_leave_an_unknown_truth_blank(capsys):
    tables.key_numbers({"estimate": -0.05, "truth": float("nan")})
    assert capsys.readouterr().out == "estimate  -0.050\ntruth\n"
