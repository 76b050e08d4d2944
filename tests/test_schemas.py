"""Broken files: each gets an error that names file, column, line and rule."""

import csv
import io
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import datasets, kinds, schemas
from helpers.tablefiles import SHOWN, DataFileError, Problem

NUMERIC = ("int64", "Int64", "float64")


def rows_of(name: str) -> list[list[str]]:
    with datasets.file_of(name).open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def as_text(rows: list[list[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def write(folder: Path, rows: list[list[str]], name: str = "copy.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(as_text(rows).encode(encoding))
    return path


def failure(name: str, path: Path) -> DataFileError:
    with pytest.raises(DataFileError) as caught:
        datasets.load(name, path)
    assert caught.value.file == path.name
    assert str(caught.value).startswith(f"{path.name}: ")
    assert "What to do: " in str(caught.value)
    return caught.value


def has(error: DataFileError, line: int | None, column: str | None, rule: str) -> bool:
    return any(one.line == line and one.column == column and rule in one.rule for one in error.problems)


# --- the five of the issue -------------------------------------------------------------------------------------------


def test_duplicated_adcode(tmp_path):
    rows = rows_of("prefectures")
    rows[9][0] = rows[4][0]
    error = failure("prefectures", write(tmp_path, rows))
    assert has(error, 5, "adcode", "must not repeat (also on line 10)")
    assert has(error, 10, "adcode", "must not repeat (also on line 5)")
    assert len(error.problems) == 2


def test_zone_without_a_prefecture(tmp_path):
    rows = rows_of("pilot_zones")
    column = rows[0].index("adcode")
    rows[7][column] = "340199"
    rows[8][column] = ""
    error = failure("pilot_zones", write(tmp_path, rows))
    assert has(error, 8, "adcode", "there is no prefecture with this code in prefectures.csv")
    assert has(error, 9, "adcode", "is blank, every row needs a value")
    assert len(error.problems) == 2


def test_text_in_a_number_column(tmp_path):
    rows = rows_of("prefectures")
    rows[3][rows[0].index("lat")] = "north"
    error = failure("prefectures", write(tmp_path, rows))
    assert error.problems == (
        Problem("must be a number like 0.5 (a point as decimal sign, no separators)", 4, "lat", "north"),
    )
    assert "line 4, column lat, value 'north': must be a number" in str(error)


def test_missing_file(tmp_path):
    error = failure("prefectures", tmp_path / "prefectures.csv")
    assert f"the file is missing (looked for it in the folder {tmp_path.name})" in str(error)
    failure("prefectures", tmp_path)  # a folder is not a file


@pytest.mark.parametrize(
    ("encoding", "found"),
    [("gbk", "GBK or GB18030"), ("gb18030", "GBK or GB18030"), ("utf-16", "UTF-16"), ("utf-16-be", "UTF-16")],
)
def test_another_encoding(tmp_path, encoding, found):
    error = failure("pilot_zones", write(tmp_path, rows_of("pilot_zones")[:60], encoding=encoding))
    assert has(error, 1 if "16" in encoding else 2, None, f"the encoding is not UTF-8 (it looks like {found}")
    assert "save the file as 'CSV UTF-8" in str(error)


def test_encoding_that_is_neither(tmp_path):
    path = tmp_path / "copy.csv"
    path.write_bytes(b"adcode,province\n110000,\xff\xff\xff\n")
    assert has(failure("provinces", path), 2, None, "neither UTF-8 nor GBK")


def test_neighbour_is_named_when_it_is_the_broken_file(tmp_path, monkeypatch):
    data = tmp_path / "data"
    for name in ("geography/prefectures", "geography/provinces", "policy/pilot_zones"):
        source = datasets.DATA / f"{name}.csv"
        (data / name).parent.mkdir(parents=True, exist_ok=True)
        (data / f"{name}.csv").write_bytes(source.read_bytes())
    monkeypatch.setattr(datasets, "DATA", data)
    prefectures = data / "geography" / "prefectures.csv"
    lines = prefectures.read_text(encoding="utf-8").splitlines()
    prefectures.write_text("\n".join(line for line in lines if "杭州市" not in line), encoding="utf-8")
    with pytest.raises(DataFileError, match=r"^prefectures\.csv: 1 problem\n  - has 336 rows, must have 337"):
        datasets.load_pilot_zones()


# --- the form of the file --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("content", [b"", b"\n\n", "\ufeff".encode(), b"   \n"])
def test_empty_file(tmp_path, content):
    path = tmp_path / "copy.csv"
    path.write_bytes(content)
    assert has(failure("provinces", path), None, None, "the file is empty")


def test_header_only(tmp_path):
    assert has(failure("provinces", write(tmp_path, rows_of("provinces")[:1])), None, None, "a header but no rows")


def test_missing_and_extra_column(tmp_path):
    rows = [[*row[:-1], "x"] for row in rows_of("provinces")]
    rows[0][-1] = "population"
    error = failure("provinces", write(tmp_path, rows))
    assert has(error, 1, "coastal_province", "this column is missing")
    assert has(error, 1, "population", "this column is not expected")
    assert "the header must read adcode,province,province_zh,region4,region3,coastal_province" in str(error)


def test_repeated_and_nameless_column(tmp_path):
    rows = [[*row, row[0], ""] for row in rows_of("provinces")]
    error = failure("provinces", write(tmp_path, rows))
    assert has(error, 1, "adcode", "stands more than once")
    assert has(error, 1, "(no name)", "not expected")


@pytest.mark.parametrize(("separator", "name"), [(";", "semicolons"), ("\t", "tabs"), ("|", "bars")])
def test_wrong_separator(tmp_path, separator, name):
    path = tmp_path / "copy.csv"
    text = datasets.file_of("provinces").read_text(encoding="utf-8").replace(",", separator)
    path.write_text(text, encoding="utf-8")
    assert has(failure("provinces", path), 1, None, f"the cells are separated by {name}")


def test_too_few_and_too_many_cells(tmp_path):
    rows = rows_of("provinces")
    rows[2] = rows[2][:-1]
    rows[5] = [*rows[5], "more"]
    error = failure("provinces", write(tmp_path, rows))
    assert has(error, 3, None, "has 5 cells, the header has 6")
    assert has(error, 6, None, "has 7 cells, the header has 6")


def test_stray_quotation_mark(tmp_path):
    path = tmp_path / "copy.csv"
    lines = datasets.file_of("provinces").read_text(encoding="utf-8").splitlines()
    lines[4] = lines[4].replace(",", ',"', 1)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert has(failure("provinces", path), 5, None, "stray or missing quotation mark")


def test_line_numbers_are_those_of_a_text_editor(tmp_path):
    rows = rows_of("pilot_zones")
    note, level = rows[0].index("note"), rows[0].index("zone_level")
    rows[1][note] = "first line\nsecond line\nthird line"
    rows[3][level] = "village"
    text = as_text(rows).replace("\n", "\r\n").split("\r\n")
    text.insert(1, "")  # a blank line after the header
    path = tmp_path / "copy.csv"
    path.write_bytes("\r\n".join(text).encode())
    (problem,) = failure("pilot_zones", path).problems
    editor = path.read_text(encoding="utf-8").split("\n")
    assert "village" in editor[problem.line - 1]
    assert problem.line == 4 + 2 + 1


@pytest.mark.parametrize("name", ["prefectures", "pilot_zones", "ipcc_fuels", "wang2025"])
def test_byte_order_mark_line_ends_and_column_order_do_not_matter(tmp_path, name):
    rows = rows_of(name)
    path = tmp_path / "copy.csv"
    path.write_bytes(b"\xef\xbb\xbf" + as_text([row[::-1] for row in rows]).replace("\n", "\r\n").encode())
    own = datasets.load(name)
    pd.testing.assert_frame_equal(datasets.load(name, path)[list(own.columns)], own)


# --- rules of the tables ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "line", "column", "value", "rule"),
    [
        ("prefectures", 2, "adcode", "110000.0", "must be a whole number"),
        ("prefectures", 2, "adcode", "1.1e5", "must be a whole number"),
        ("prefectures", 2, "adcode", "11", "six-digit code"),
        ("prefectures", 9, "lat", "390.9", "must lie between 3 and 54"),
        ("prefectures", 9, "lat", "39,9", "must be a number"),
        ("prefectures", 9, "lat", "inf", "must be a number"),
        ("prefectures", 9, "coastal_city", "yes", "must be a whole number"),
        ("prefectures", 9, "coastal_city", "2", "must be one of 0, 1"),
        ("prefectures", 9, "region4", "North", "must be one of east, central, west, northeast"),
        ("pilot_zones", 5, "released_date", "15/01/2016", "must be a date like 2015-03-12"),
        ("pilot_zones", 5, "released_date", "2016-02-30", "must be a date like 2015-03-12"),
        ("pilot_zones", 5, "document_number", "17", "must be a document number like"),
        ("pilot_zones", 5, "prefecture_zh", "上海市", "must be '天津市', the name of this code in prefectures.csv"),
        ("pilot_zones", 5, "province", "Hebei", "is not the province of this row's adcode"),
        ("pilot_zones", 5, "province", "Atlantis", "is not the province of this row's adcode"),
        ("pilot_zones", 5, "zone_adcode", "330100", "must not repeat (also on line 2)"),
        ("pilot_zones", 5, "batch_year", "2031", "must lie between 2005 and 2030"),
        ("broadband_china", 2, "province_zh", "河北省", "must be '北京市'"),
        ("broadband_china", 2, "source_url", "a colleague", "must be a web address"),
        ("broadband_china", 2, "source_type", "hearsay", "must be one or more of official"),
        ("low_carbon_pilots", 2, "adcode", "990000", "six-digit code"),
        ("low_carbon_pilots", 2, "adcode", "440100", "there is no province with this code in provinces.csv"),
        ("key_air_control", 2, "adcode", "110101", "there is no prefecture with this code in prefectures.csv"),
        ("resource_based_cities", 2, "class_en", "old", "must be one of growing, mature, declining, regenerating"),
        ("agglomerations", 2, "adcode", "139999", "there is no prefecture with this code"),
        ("census_population_2020", 2, "population", "900", "must lie between 1000 and 40000000"),
        ("census_population_2020", 2, "population", "21,893,095", "must be a whole number"),
        ("electricity_2023", 2, "co2_kg_per_kwh", "555.4", "must lie between 0 and 1.5"),
        ("electricity_2023", 2, "adcode", "110100", "there is no province with this code"),
        ("wang2025", 2, "stat", "beta", "must be one of coef, stars"),
        ("wang2025", 2, "table", "Table 1", "must be a table name like T1"),
        ("ding2025_table1", 2, "order", "2", "must not repeat (also on line 3)"),
    ],
)
def test_a_broken_cell_is_named(tmp_path, name, line, column, value, rule):
    rows = rows_of(name)
    rows[line - 1][rows[0].index(column)] = value
    error = failure(name, write(tmp_path, rows))
    assert has(error, line, column, rule), str(error)
    assert f"line {line}, column {column}, value {value!r}: " in str(error)


@pytest.mark.parametrize(
    ("name", "line", "changes", "rule"),
    [
        ("pilot_zones", 5, {"released_date": "2017-01-15"}, "the year of released_date must be batch_year"),
        ("pilot_zones", 5, {"signed_date": "2016-01-16"}, "released_date must not lie before signed_date"),
        ("census_population_2020", 2, {"urban_core_population": "30000000"}, "must not exceed population"),
        ("ipcc_fuels", 3, {"carbon_content_upper": "20"}, "carbon_content must lie between carbon_content_lower"),
        ("wang2025", 2, {"value": "-0.O846"}, "the value of this statistic must be a number"),
        ("wang2025", 2, {"value": ""}, "a number may be blank only where scan_uncertain is 1"),
        ("wang2025", 3, {"value": "****"}, "stars must be blank, *, ** or ***"),
        ("wang2025", 2, {"scan_uncertain": "1"}, "an uncertain reading needs a scan_note"),
    ],
)
def test_a_broken_row_is_named(tmp_path, name, line, changes, rule):
    rows = rows_of(name)
    for column, value in changes.items():
        rows[line - 1][rows[0].index(column)] = value
    assert has(failure(name, write(tmp_path, rows)), line, None, rule)


def test_repeated_printed_cell_and_repeated_pair(tmp_path):
    rows = rows_of("wang2025")
    assert has(failure("wang2025", write(tmp_path, [*rows, rows[1]])), 2, None, "this cell stands more than once")
    rows = rows_of("broadband_china")
    error = failure("broadband_china", write(tmp_path, [*rows, rows[1]]))
    assert has(error, 2, None, f"adcode and unit_as_listed_zh together must not repeat (also on line {len(rows) + 1})")


@pytest.mark.parametrize("name", sorted(schemas.ROWS))
def test_a_closed_list_keeps_its_length(tmp_path, name):
    error = failure(name, write(tmp_path, rows_of(name)[:-1]))
    assert has(error, None, None, f"has {schemas.ROWS[name] - 1} rows, must have {schemas.ROWS[name]}")


def test_all_problems_at_once_and_only_ten_shown(tmp_path):
    rows = rows_of("prefectures")
    for row in rows[1:31]:
        row[rows[0].index("lon")] = "?"
    rows[40][rows[0].index("region4")] = "south"
    error = failure("prefectures", write(tmp_path, rows))
    assert len(error.problems) == 31
    assert [problem.line for problem in error.problems] == [*range(2, 32), 41]
    assert str(error).count("column lon") == SHOWN
    assert "... and 21 more" in str(error)


def test_the_error_is_a_value_error():
    assert issubclass(datasets.DataFileError, ValueError)


# --- properties ------------------------------------------------------------------------------------------------------

NUMERIC_CELLS = [
    (name, line, column)
    for name in datasets.names()
    for column, rule in schemas.SCHEMAS[name].columns.items()
    if rule.metadata["dtype"] in NUMERIC
    for line in range(2, datasets.manifest(name)["rows"] + 2)
]
NOT_A_NUMBER = st.one_of(
    st.sampled_from(
        ["n/a", "NaN", "-", " 5", "5 ", "１２", "1_0", "0x1A", "1.2.3", "12a", "#REF!", "五", "--1", "1e", "."]
    ),
    st.text(st.characters(codec="utf-8", exclude_categories=("Nd", "Cc", "Cs")), min_size=1).filter(
        lambda t: t != "\ufeff"
    ),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("broken")


@settings(max_examples=80, deadline=None)
@given(cell=st.sampled_from(NUMERIC_CELLS), text=NOT_A_NUMBER)
def test_any_corrupted_number_is_found_at_its_place(folder, cell, text):
    name, line, column = cell
    rows = rows_of(name)
    rows[line - 1][rows[0].index(column)] = text
    (problem, *others) = failure(name, write(folder, rows)).problems
    assert (problem.line, problem.column, problem.value) == (line, column, text)
    assert not others


@settings(max_examples=40, deadline=None)
@given(cell=st.sampled_from(NUMERIC_CELLS))
def test_any_blanked_number_is_found_unless_the_column_allows_it(folder, cell):
    name, line, column = cell
    rows = rows_of(name)
    position = rows[0].index(column)
    was_blank, rows[line - 1][position] = rows[line - 1][position] == "", ""
    path = write(folder, rows)
    if schemas.SCHEMAS[name].columns[column].nullable:
        if was_blank:
            datasets.load(name, path)
    else:
        assert has(failure(name, path), line, column, "is blank")


@settings(max_examples=40, deadline=None)
@given(pair=st.lists(st.integers(2, 338), min_size=2, max_size=2, unique=True))
def test_any_repeated_code_is_found_on_both_lines(folder, pair):
    first, second = pair
    rows = rows_of("prefectures")
    rows[second - 1][0] = rows[first - 1][0]
    error = failure("prefectures", write(folder, rows))
    assert {problem.line for problem in error.problems} == set(pair)


# --- kinds -----------------------------------------------------------------------------------------------------------


@given(st.lists(st.sampled_from(kinds.KINDS), min_size=1, max_size=8))
def test_the_weakest_kind_decides(labels):
    mixed = kinds.combine(*labels)
    assert mixed == kinds.combine(labels) == kinds.combine(*sorted(labels)) == kinds.combine(mixed, *labels)
    if "simulated" in labels:
        assert mixed == "simulated"
    elif "local" in labels:
        assert mixed == "local"
    else:
        assert mixed == (labels[0] if len(set(labels)) == 1 else "real and published")


@pytest.mark.parametrize(
    "labels", [(), ([],), (None,), ("",), ("Real",), ("real", None), (["real", "imagined"],), (3,)]
)
def test_a_missing_or_unknown_kind_raises(labels):
    with pytest.raises(ValueError, match="kind of data"):
        kinds.combine(*labels)
