"""A reader's own files: put right where nothing can be misunderstood, otherwise refused with every problem named."""

import numpy as np
import pandas as pd
import pytest

from helpers import datasets, local_files, study_data, study_schemas
from helpers.study_schemas import PAPERS
from helpers.tablefiles import DataFileError
from local_panels import local_csv, small_panel


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv(study_data.VARIABLE, str(tmp_path))
    return tmp_path


def put(folder, paper, panel, **options):
    content = panel if isinstance(panel, bytes) else local_csv(panel, **options)
    (folder / f"{paper}.csv").write_bytes(content)


def refused(folder, paper="city_sulfur"):
    with pytest.raises(DataFileError) as caught:
        study_data.load(paper)
    assert str(caught.value).startswith(f"{paper}.csv: ")
    assert "repository" not in str(caught.value)
    return caught.value


@pytest.mark.parametrize("paper", PAPERS)
def test_a_good_file_is_the_study(folder, paper):
    panel = small_panel(paper)
    put(folder, paper, panel)
    study = study_data.load(paper)
    assert (study.kind, study.is_local, study.truth, study.paper) == ("local", True, None, paper)
    assert "simulated" not in study.source.lower()
    assert study.frame.columns.tolist() == [one.name for one in PAPERS[paper]]
    assert {one.name: str(study.frame[one.name].dtype) for one in PAPERS[paper]} == {
        one.name: one.dtype for one in PAPERS[paper]}  # fmt: skip
    for one in PAPERS[paper]:
        expected = panel[one.name].replace("", None) if one.type == "text" else panel[one.name]
        assert study.frame[one.name].fillna("-").tolist() == expected.fillna("-").tolist(), one.name
    assert np.isnan(study.truth_of("total"))
    assert study.say(twin="The truth is known.", local="Nobody knows.") == "Nobody knows."
    assert paper in study_data.local_papers()


def test_every_frame_is_fresh_and_sorted(folder):
    put(folder, "city_sulfur", small_panel("city_sulfur").iloc[::-1])
    first = study_data.load("city_sulfur").frame
    assert first[["adcode", "year"]].apply(tuple, axis=1).is_monotonic_increasing
    first["so2"] = 0.0
    assert study_data.load("city_sulfur").frame["so2"].gt(0).any()


def test_without_a_local_file_the_twin_is_loaded(folder, monkeypatch):
    asked = []

    def load(name):
        asked.append(name)
        return panel if name == "city_sulfur" else truth

    panel, truth = small_panel("city_sulfur"), pd.DataFrame({"quantity": ["total"], "value": [-0.5]})
    monkeypatch.setattr(datasets, "load", load)
    monkeypatch.setattr(datasets, "kind_of", lambda name: "simulated")
    study = study_data.load("city_sulfur")
    assert asked == ["city_sulfur", "city_sulfur_truth"]
    assert (study.kind, study.is_local, study.truth_of("total")) == ("simulated", False, -0.5)
    assert study.say(twin="The truth is known.", local="") == "The truth is known."
    with pytest.raises(ValueError, match="no truth 'totl' in city_sulfur; there are total"):
        study.truth_of("totl")
    put(folder, "city_sulfur", panel)
    assert study_data.load_twin("city_sulfur").kind == "simulated"
    monkeypatch.setenv(study_data.VARIABLE, "none")
    assert study_data.local_papers() == ()
    assert study_data.local_folder() is None
    assert study_data.load("city_sulfur").kind == "simulated"
    monkeypatch.setenv(study_data.VARIABLE, "")
    assert study_data.local_folder() == datasets.DATA / "local"


def test_an_unknown_paper_is_refused():
    with pytest.raises(ValueError, match="unknown paper 'wang'; there are city_carbon, city_sulfur, province_exports"):
        study_data.load("wang")
    with pytest.raises(ValueError, match="unknown paper 'wang'"):
        study_data.load_twin("wang")


# --- put right ------------------------------------------------------------------------------------------------------


def same(folder, panel):
    put(folder, "city_sulfur", panel)
    return study_data.load("city_sulfur").frame


def test_what_spreadsheets_do_is_put_right(folder):
    panel = small_panel("city_sulfur")
    good = same(folder, panel)
    text = local_csv(panel).decode("utf-8")
    header, *rows = text.splitlines()
    pd.testing.assert_frame_equal(same(folder, b"\xef\xbb\xbf" + text.encode()), good)
    pd.testing.assert_frame_equal(same(folder, text.replace("\n", "\r\n").encode()), good)
    blanks = "\n".join([header, *rows, ",".join("　" for _ in header.split(",")), ""])
    pd.testing.assert_frame_equal(same(folder, blanks.encode()), good)
    spaced = "\n".join([header, *(" 　" + row.replace(",", " , ") + "  " for row in rows)])
    pd.testing.assert_frame_equal(same(folder, spaced.encode()), good)
    pd.testing.assert_frame_equal(same(folder, panel.astype({"adcode": float, "year": float})), good)
    pd.testing.assert_frame_equal(same(folder, panel.iloc[:, ::-1]), good)
    wide = panel.assign(
        adcode=panel["adcode"].astype(str).str.translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789"})
    )
    pd.testing.assert_frame_equal(same(folder, wide), good)


def test_numbers_as_text_with_commas(folder):
    panel = small_panel("city_sulfur").assign(co2=12345.25)
    panel["co2"] = panel["co2"].map("{:,.2f}".format)
    assert same(folder, panel)["co2"].eq(12345.25).all()
    assert "1,2345" in str(refused_with(folder, panel.assign(co2="1,2345")))


def refused_with(folder, panel):
    put(folder, "city_sulfur", panel)
    return refused(folder)


def test_chinese_headers_with_units_and_chinese_values(folder):
    panel = small_panel("city_sulfur")
    good = same(folder, panel)
    chinese = {one.name: one.headers[0] for one in PAPERS["city_sulfur"] if one.headers}
    assert len(chinese) > 15
    assert set(chinese) | {"year"} >= set(panel.columns) - {"adcode"}
    named = panel.rename(columns=chinese | {"so2": "工业二氧化硫排放量（万吨）", "secondary_share": "二产占比 (%)"})
    zones = {"east": "东部", "central": "中部地区", "west": "西部", "northeast": "东北"}
    named[chinese["region4"]] = named[chinese["region4"]].map(zones)
    pd.testing.assert_frame_equal(same(folder, named), good)


@pytest.mark.parametrize("paper", PAPERS)
def test_names_and_regions_are_filled_from_the_code(folder, paper):
    panel = small_panel(paper)
    filled = [name for name in study_schemas.FILLED if name in panel]
    put(folder, paper, panel.drop(columns=filled))
    frame = study_data.load(paper).frame
    assert frame[filled].equals(panel[filled])


def test_short_and_former_names_and_codes_become_todays(folder):
    panel = small_panel("city_sulfur", units=1).assign(adcode=522200, city="铜仁地区", province_zh="贵州")
    frame = same(folder, panel)
    assert frame[["adcode", "city", "province_zh"]].drop_duplicates().to_numpy().tolist() == [
        [520600, "铜仁市", "贵州省"]]  # fmt: skip


def test_dissolved_cities_keep_the_code_they_had(folder):
    panel = small_panel("city_sulfur", units=2)
    filled = ["province_zh", "region4", "municipality"]
    codes = panel["adcode"].map(dict(zip(panel["adcode"].unique(), [341400, 371200], strict=True)))
    frame = same(
        folder, panel.assign(adcode=codes, city=codes.map({341400: "巢湖", 371200: "莱芜市"})).drop(columns=filled)
    )
    found = frame[["adcode", "city", *filled]].drop_duplicates().to_numpy().tolist()
    assert found == [[341400, "巢湖市", "安徽省", "central", 0], [371200, "莱芜市", "山东省", "east", 0]]


def test_blank_cells_are_missing_where_they_may_be(folder):
    panel = small_panel("city_carbon")
    panel.loc[2, ["carbon_intensity", "urban_share"]] = None
    panel["smart_city"] = panel["smart_city"].astype("Int64")
    panel.loc[3, "smart_city"] = None
    put(folder, "city_carbon", panel)
    frame = study_data.load("city_carbon").frame
    assert frame.isna().sum()[["carbon_intensity", "urban_share", "smart_city", "treated"]].tolist() == [1, 1, 1, 0]


# --- refused ---------------------------------------------------------------------------------------------------------


def test_every_problem_of_a_file_comes_in_one_pass(folder):
    panel = small_panel("city_sulfur").astype(object)
    panel.loc[1, "so2"] = "n.a."
    panel.loc[2, "urban_share"] = 51.2
    panel.loc[3, "adcode"] = 330106
    panel.loc[4, "city"] = "Fuzhou"
    panel.loc[5, "treated"] = 2
    panel.loc[6, "year"] = ""
    panel.loc[7, "co2"] = -1
    panel.loc[panel.index[-1] + 1, "city"] = "合 计"
    error = refused_with(folder, panel)
    found = {(one.line, one.column) for one in error.problems}
    assert found == {(3, "so2"), (4, "urban_share"), (5, "adcode"), (6, "city"), (7, "treated"), (8, "year"),
                     (9, "co2"), (len(panel) + 1, "city")}  # fmt: skip
    said = str(error)
    assert "line 3, column so2, value 'n.a.': must be a number" in said
    assert "line 4, column urban_share, value '51.2': must lie between 0 and 1" in said
    assert "its prefecture is 杭州市 (330100, 浙江省)" in said
    assert "福州市 (350100, 福建省) or 抚州市 (361000, 江西省)" in said
    assert "is a row of totals, not of a place; delete it" in said
    assert "Your own data" in said


def test_gbk_is_refused_and_the_rest_is_still_checked(folder):
    panel = small_panel("city_sulfur")
    panel.loc[0, "so2"] = 1e9
    put(folder, "city_sulfur", panel.to_csv(index=False).encode("gbk"))
    first, second = refused(folder).problems
    assert "looks like GBK" in first.rule and "CSV UTF-8" in first.rule
    assert (second.line, second.column) == (2, "so2")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"PK\x03\x04rest", "Excel workbook"),
        ("adcode,year".encode("utf-16"), "neither UTF-8 nor GBK"),
        (b"\xff\xff\xff", "neither UTF-8 nor GBK"),
        (b"", "first line is blank"),
        (b"adcode;year;city\n330100;2015;x\n", "not separated by commas"),
        ("全国各市数据,,\nadcode,year,so2\n".encode(), "without a title above"),
    ],
)
def test_other_files_are_refused(folder, content, words):
    put(folder, "city_sulfur", content)
    assert words in str(refused(folder))


def test_years_as_columns_are_named(folder):
    wide = small_panel("city_sulfur").pivot(index=["adcode", "city"], columns="year", values="so2").reset_index()
    error = refused_with(folder, wide)
    assert "years stand in columns (2014 to 2018)" in str(error)
    assert "adapt_local_data" in str(error)


def test_headers(folder):
    panel = small_panel("city_sulfur")
    error = refused_with(folder, panel.rename(columns={"so2": "工业二氧化硫排放量(吨)", "co2": "co2_tonnes"}))
    said = [(one.line, one.column) for one in error.problems]
    assert said == [(1, "co2"), (1, "co2_tonnes"), (1, "so2")]
    assert "the header says 吨; the unit must be 10^4 t" in str(error)
    assert "also known as 二氧化碳排放量" in str(error)
    doubled = local_csv(panel).replace(b"urban_share", b"SO2", 1)
    assert "stands more than once" in str(refused_with(folder, doubled))
    extra = "\n".join(line + "," for line in local_csv(panel).decode().splitlines())
    assert "has no name" in str(refused_with(folder, extra.encode()))


def test_repeated_rows_and_a_treatment_that_switches_off(folder):
    panel = small_panel("city_sulfur")
    error = refused_with(folder, pd.concat([panel, panel.tail(1)]))
    assert "adcode and year together must not repeat (also on line" in str(error)
    panel.loc[4, "treated"] = 0
    error = refused_with(folder, panel)
    assert [(one.line, one.column) for one in error.problems] == [(6, "treated")]
    assert "must not switch off" in str(error)


def test_a_name_that_is_not_the_codes(folder):
    panel = small_panel("city_sulfur")
    panel.loc[0, "city"] = "苏州市"
    panel.loc[1, "province_zh"] = "浙江"
    error = refused_with(folder, panel)
    first, second = error.problems
    assert first.rule == f"is not the name of this row's code, which is {panel.loc[1, 'city']}"
    assert (second.column, second.value) == ("province_zh", "浙江")


def test_broken_rows_are_lines_not_numbers(folder):
    text = local_csv(small_panel("city_sulfur")).decode().splitlines()
    text[3] += ",1"
    put(folder, "city_sulfur", "\n".join(text).encode())
    assert "line 4: has" in str(refused(folder))


# --- the schema itself -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("paper", PAPERS)
def test_headers_of_a_schema_are_unique_and_the_table_shows_every_column(paper):
    for one in PAPERS[paper]:
        own = {local_files.local_headers.plain(name) for name in (one.name, *one.headers)}
        others = {local_files.local_headers.plain(n) for o in PAPERS[paper] if o != one for n in (o.name, *o.headers)}
        assert not own & others, one.name
        assert one.description and one.unit and one.low <= one.high
    table = study_schemas.table(paper)
    assert table["column"].tolist() == [one.name for one in PAPERS[paper]]
    assert table["unit"].ne("").all()
