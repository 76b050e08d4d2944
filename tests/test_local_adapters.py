"""Downloads as researchers have them: yearbook sheets with years as columns, CO2 lists by name or code, odd cells."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import adapt_local_data
import check_local_data
import local_templates
from helpers import study_data
from helpers.downloads import AdapterError, convert, numbers, read_table
from helpers.local_adapters import city_co2, long_rows, years_to_rows
from helpers.place_names import PlaceNameError
from helpers.study_schemas import FILLED, PAPERS
from local_panels import local_csv, small_panel

ROOT = Path(__file__).resolve().parent.parent

YEARBOOK = pd.DataFrame(
    {
        "省份": ["全国", "浙江省", "", "", "福建省", "江西省", "湖北"],
        "城市": ["合计", "杭州市", " 宁　波 ", "台州", "福州市", "抚州市", "襄樊市①"],
        "单位": ["吨"] * 7,
        "2010年": ["1,000,000", "81,234.5", "120,345", "—", "65,432", "12,345", "51,000"],
        "2011.0": ["", "80000", "1.1e5", "40,000", "…", "12,000", "50,000"],
        "2012": ["900000", "79,999", "100,000", "39,000", "60,000", "11,500", "49,000"],
    }
)
SHEET = {"place": "城市", "value": "so2", "province": "省份", "drop_totals": True, "fill_down": True}


def test_a_yearbook_sheet_with_years_as_columns_becomes_rows():
    tidy = years_to_rows(YEARBOOK, **SHEET)
    assert tidy.columns.tolist() == ["adcode", "year", "so2"]
    assert tidy.dtypes.astype(str).tolist() == ["int64", "int64", "float64"]
    wide = tidy.pivot(index="adcode", columns="year", values="so2")
    assert wide.index.tolist() == [330100, 330200, 331000, 350100, 361000, 420600]
    assert wide.columns.tolist() == [2010, 2011, 2012]
    expected = [[81234.5, 80000, 79999], [120345, 110000, 100000], [np.nan, 40000, 39000],
                [65432, np.nan, 60000], [12345, 12000, 11500], [51000, 50000, 49000]]  # fmt: skip
    np.testing.assert_array_equal(wide.to_numpy(), expected)


def test_pinyin_with_the_province_beside_it():
    sheet = pd.DataFrame({"prov": ["Fujian", "Jiangxi"], "city": ["Fuzhou", "Fuzhou"], "2015": [1, 2]})
    assert years_to_rows(sheet, place="city", province="prov", value="x")["adcode"].tolist() == [350100, 361000]
    with pytest.raises(PlaceNameError, match=r"(?s)row 0.*福州市 \(350100.*row 1.*抚州市 \(361000"):
        years_to_rows(sheet, place="city", value="x")


def test_provinces_as_rows():
    sheet = pd.DataFrame(
        {"地区": ["全国", "北 京", "广西壮族自治区", "陕西"], 2015: [1, 2, 3, 4], 2016: [5, 6, 7, "-"]}
    )
    tidy = years_to_rows(sheet, place="地区", value="gdp", level="province", drop_totals=True)
    assert tidy["adcode"].drop_duplicates().tolist() == [110000, 450000, 610000]
    assert tidy["gdp"].isna().sum() == 1


@pytest.mark.parametrize(
    ("change", "options", "error", "words"),
    [
        ({}, {"drop_totals": False}, AdapterError, "rows 0 are totals"),
        ({}, {"fill_down": False}, AdapterError, "省份: rows 2, 3 are blank"),
        ({}, {"place": "县"}, AdapterError, "no column 县; there are 省份, 城市"),
        ({}, {"level": "county"}, AdapterError, "level must be 'city' or 'province'"),
        ({"2012": ["1", "2", "12a", "4", "5", "1,2,3", "7"]}, {}, AdapterError, "column 2012: .*2: '12a', 5: '1,2,3'"),
        ({"城市": ["合计", "杭州市", "杭州", "台州", "福州市", "抚州市", "襄樊市"]}, {}, AdapterError,
         "more than once .*330100 in row 1, 330100 in row 2"),
        ({"城市": ["合计", "杭州市", "苏州", "台州", "福州市", "抚州市", "大理市"]}, {}, PlaceNameError,
         "(?s)2 names.*苏州.*not in 浙江省"),
        ({"省份": ["全国", "浙江省", "", "", "福建省", "江西省", "湖比"]}, {}, PlaceNameError, "row 6, '湖比'"),
    ],
)  # fmt: skip
def test_bad_sheets_are_refused(change, options, error, words):
    with pytest.raises(error, match=words):
        years_to_rows(YEARBOOK.assign(**change), **(SHEET | options))


def test_a_sheet_without_years_is_refused():
    with pytest.raises(AdapterError, match="no column is a year; there are 城市, value"):
        years_to_rows(pd.DataFrame({"城市": ["杭州"], "value": [1]}), place="城市", value="so2")


def test_rows_of_provinces_in_a_city_sheet_are_totals():
    sheet = pd.DataFrame({"城市": ["吉林省", "长春", "吉林", "上海", "海南省", "海口"], "2015": range(6)})
    tidy = years_to_rows(sheet, place="城市", value="x", drop_totals=True)
    assert tidy["adcode"].tolist() == [220100, 220200, 310000, 460100]
    with pytest.raises(AdapterError, match="rows 0, 4 are totals"):
        years_to_rows(sheet, place="城市", value="x")


# --- CO2 -------------------------------------------------------------------------------------------------------------


def test_city_co2_by_name_in_tonnes_and_by_code_in_million_tonnes_agree():
    names = pd.DataFrame({"city": ["Hangzhou", "襄阳"], "2015": ["52,000,000", "21000000"], "2016": [51e6, 22e6]})
    codes = pd.DataFrame({"code": [330100.0, 420600.0] * 2, "year": [2015, 2015, "2016年", 2016.0],
                          "emissions": [52, 21, 51, "22.0"]})  # fmt: skip
    by_name = city_co2(names, place="city", unit="t")
    by_code = city_co2(codes, place="code", unit="Mt", year="year", value="emissions")
    pd.testing.assert_frame_equal(by_name, by_code)
    assert by_name["co2"].tolist() == [5200, 5100, 2100, 2200]


def test_the_unit_of_co2_is_stated_and_a_wrong_one_is_noticed():
    table = pd.DataFrame({"city": ["杭州", "襄阳"], "2015": [52e6, 21e6]})
    for unit in ("Mt", "10^4 t"):
        with pytest.raises(AdapterError, match="is the unit right"):
            city_co2(table, place="city", unit=unit)
    with pytest.raises(AdapterError, match="is the unit right"):
        city_co2(table.assign(**{"2015": [52, 21]}), place="city", unit="t")
    with pytest.raises(AdapterError, match="state the unit of CO2 as one of kg, t, 10\\^4 t, Mt, not 'tons'"):
        city_co2(table, place="city", unit="tons")
    with pytest.raises(TypeError, match="unit"):
        city_co2(table, place="city")


def test_long_rows_refuse_a_year_that_is_none():
    table = pd.DataFrame({"city": ["杭州", "杭州"], "year": ["2015", "15-16"], "x": [1, 2]})
    with pytest.raises(AdapterError):
        long_rows(table, place="city", year="year", values={"x": "x"})
    with pytest.raises(AdapterError, match="rows 1 hold no year"):
        long_rows(table.assign(year=["2015", ""]), place="city", year="year", values={"x": "x"})


# --- reading ---------------------------------------------------------------------------------------------------------


def test_files_in_utf8_gbk_and_xlsx_read_the_same(tmp_path):
    title = pd.DataFrame([["表1 工业二氧化硫"] + [""] * 5], columns=YEARBOOK.columns)
    (tmp_path / "bom.csv").write_bytes(YEARBOOK.to_csv(index=False).encode("utf-8-sig"))
    (tmp_path / "gbk.csv").write_bytes(YEARBOOK.to_csv(index=False).encode("gbk"))
    (tmp_path / "titled.csv").write_text("表1,,,,,\n" + YEARBOOK.to_csv(index=False), encoding="utf-8")
    with pd.ExcelWriter(tmp_path / "book.xlsx") as book:
        title.to_excel(book, sheet_name="说明", index=False)
        YEARBOOK.to_excel(book, sheet_name="数据", index=False)
    plain = read_table(tmp_path / "bom.csv")
    assert plain["城市"].tolist()[2] == "宁 波"
    pd.testing.assert_frame_equal(read_table(tmp_path / "gbk.csv"), plain)
    pd.testing.assert_frame_equal(read_table(tmp_path / "titled.csv", skip=1), plain)
    pd.testing.assert_frame_equal(read_table(tmp_path / "book.xlsx", sheet="数据"), plain)
    (tmp_path / "x.xls").write_bytes(b"x")
    (tmp_path / "x.csv").write_bytes(b"\xff\xff\xff")
    for name, words in (("x.xls", "CSV or XLSX"), ("x.csv", "neither UTF-8 nor GBK")):
        with pytest.raises(AdapterError, match=words):
            read_table(tmp_path / name)


def test_numbers_and_units():
    cells = pd.Series(["1,234,567.5", " 12 ", "—", "n/a", "", None, "1e3", "-0.5"], name="x")
    assert numbers(cells).fillna(-1).tolist() == [1234567.5, 12, -1, -1, -1, -1, 1000, -0.5]
    for odd in ("1,23", "12%", "inf", "1 2", "12万"):
        with pytest.raises(AdapterError, match="column x: these rows hold no number: 0"):
            numbers(pd.Series([odd], name="x"))
    assert convert(pd.Series([45.0]), "percent", "share").tolist() == [0.45]
    assert convert(pd.Series([3.0]), "10^8 yuan", "10^4 yuan").tolist() == [30000]
    assert convert(pd.Series([3.0]), "anything", "anything").tolist() == [3]
    for pair in (("t", "10^4 yuan"), ("斤", "t")):
        with pytest.raises(AdapterError, match="cannot be turned into"):
            convert(pd.Series([1.0]), *pair)


# --- the command lines -----------------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv(study_data.VARIABLE, str(tmp_path / "own"))
    return tmp_path / "own"


def say(monkeypatch, module, *words):
    monkeypatch.setattr(sys, "argv", [module.__name__, *map(str, words)])
    return module.main()


def test_a_local_panel_grows_column_by_column_until_it_is_in_order(folder, tmp_path, monkeypatch, capsys):
    panel = small_panel("city_sulfur")
    panel["co2"] = 4000.0 + panel.index
    for one in PAPERS["city_sulfur"]:
        if one.name in (*FILLED, "adcode", "year") or one.type == "text":
            continue
        wide = panel.pivot(index="city", columns="year", values=one.name).reset_index()
        unit = one.unit
        if one.name == "so2":
            wide.iloc[:, 1:] *= 10_000
            unit = "t"
        wide.to_csv(tmp_path / "sheet.csv", index=False)
        words = ["--paper", "city_sulfur", "--column", one.name, "--unit", unit, "--place", "city"]
        assert say(monkeypatch, adapt_local_data, tmp_path / "sheet.csv", *words) == 0, capsys.readouterr().err
    assert "Columns still missing: none" in capsys.readouterr().out
    assert say(monkeypatch, adapt_local_data, tmp_path / "sheet.csv", *words) == 1
    assert "say --replace" in capsys.readouterr().err
    assert say(monkeypatch, adapt_local_data, tmp_path / "sheet.csv", *words, "--replace") == 0
    capsys.readouterr()
    assert say(monkeypatch, check_local_data) == 0
    assert "city_sulfur.csv: in order, 30 rows, 6 places, 2014 to 2018" in capsys.readouterr().out
    frame = study_data.load("city_sulfur").frame
    expected = panel.sort_values(["adcode", "year"], ignore_index=True)
    for column in frame.columns.drop("agglomeration", errors="ignore"):
        if frame[column].dtype == "float64":
            np.testing.assert_allclose(frame[column], expected[column], rtol=1e-12)
        else:
            assert frame[column].tolist() == expected[column].tolist(), column


def test_nothing_is_written_when_a_download_is_refused(folder, tmp_path, monkeypatch, capsys):
    YEARBOOK.to_csv(tmp_path / "sheet.csv", index=False)
    words = ["--paper", "city_sulfur", "--unit", "t", "--place", "城市"]
    for more, said in (
        (["--column", "so2"], "are totals"),
        (["--column", "so3"], "no column of numbers 'so3'"),
        (["--column", "region4"], "no column of numbers"),
        (["--column", "so2", "--drop-totals", "--unit", "persons"], "cannot be turned into"),
    ):
        assert say(monkeypatch, adapt_local_data, tmp_path / "sheet.csv", *words, *more) == 1
        assert said in capsys.readouterr().err
    assert not folder.exists()


def test_check_data_lists_every_problem_of_every_file(folder, monkeypatch, capsys):
    assert say(monkeypatch, check_local_data) == 0
    folder.mkdir()
    assert say(monkeypatch, check_local_data) == 0
    assert "copy a template" in capsys.readouterr().out
    sulfur, exports = small_panel("city_sulfur", units=20), small_panel("province_exports")
    sulfur["urban_share"] = 55.0
    exports.loc[0, "ln_digital"] = 99
    (folder / "city_sulfur.csv").write_bytes(local_csv(sulfur))
    (folder / "province_exports.csv").write_bytes(local_csv(exports))
    (folder / "city_carbon.xlsx").write_bytes(b"PK")
    (folder / "city_carbon.csv").write_bytes(local_csv(small_panel("city_carbon")))
    assert say(monkeypatch, check_local_data) == 1
    said = capsys.readouterr().out
    assert said.count("column urban_share, value '55.0': must lie between 0 and 1") == len(sulfur)
    assert "line 2, column ln_digital, value '99.0': must lie between -10 and 15" in said
    assert "city_carbon.csv: in order" in said
    assert "city_carbon.xlsx: is not read" in said
    assert said.strip().endswith("run `make check-data` again.")


def test_templates_and_readme_are_fresh_and_staleness_is_noticed(tmp_path, monkeypatch, capsys):
    done = subprocess.run([sys.executable, ROOT / "scripts" / "local_templates.py", "--check"], check=False)
    assert done.returncode == 0
    monkeypatch.setattr(local_templates, "FOLDER", tmp_path)
    assert say(monkeypatch, local_templates, "--check") == 1
    assert "template_city_sulfur.csv in data/local is stale" in capsys.readouterr().err
    assert say(monkeypatch, local_templates) == 0
    assert say(monkeypatch, local_templates, "--check") == 0
    for paper in PAPERS:
        header = (tmp_path / f"template_{paper}.csv").read_text(encoding="utf-8").strip().split(",")
        assert header == [one.name for one in PAPERS[paper]]
    readme = (tmp_path / "README.md").read_text(encoding="utf-8")
    for paper in PAPERS:
        for one in PAPERS[paper]:
            assert f"- `{one.name}`: {one.description} *({one.unit}" in readme
