"""Reading provincial tables: notes, totals, years as columns, encodings, changing codes; nothing is lost in silence."""

import pandas as pd
import pytest

from helpers import province_tables as tables

SHEET = "数据库:分省\n指标:产值(亿元)\n地区,2009年,2008年\n全国,30,20\n北京,10,5\n内蒙古 ,20,15\n注:不含港澳台\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_sheet_is_read_from_its_header_in_any_encoding(encoding):
    wide = tables.read_table(SHEET.encode(encoding), "地区")
    assert wide.columns.tolist() == ["地区", "2009年", "2008年"]
    assert len(wide) == 3
    long = tables.years_to_rows(tables.add_province_codes(wide, "地区", ["全国"]), "value")
    found = long.set_index(["adcode", "year"])["value"].to_dict()
    assert found == {(110000, 2009): 10, (150000, 2009): 20, (110000, 2008): 5, (150000, 2008): 15}


def test_rows_that_are_no_provinces_must_be_named():
    wide = tables.read_table(SHEET.encode(), "地区")
    with pytest.raises(ValueError, match="全国"):
        tables.add_province_codes(wide, "地区")
    with pytest.raises(ValueError, match="cannot drop 西藏"):
        tables.add_province_codes(wide, "地区", ["全国", "西藏"])


def test_unreadable_tables_are_refused():
    with pytest.raises(ValueError, match="no line starts with '省份'"):
        tables.read_table(SHEET.encode(), "省份")
    with pytest.raises(ValueError, match="neither UTF-8 nor GB 18030"):
        tables.decode(b"\xff\xff\xff")
    with pytest.raises(ValueError, match="no column is a year"):
        tables.years_to_rows(pd.DataFrame({"地区": ["北京"], "产值": ["1"]}), "value")
    with pytest.raises(ValueError, match=r"'…' is not a number \(北京, 2008\)"):
        tables.years_to_rows(pd.DataFrame({"地区": ["北京"], "2008年": ["…"]}), "value")
    with pytest.raises(ValueError, match="no raw file 'gpd'; did you mean gdp"):
        tables.read_bytes("gpd")


def test_codes_mean_what_their_classification_says():
    assert tables.sector_codes("2011")["C1"] == "light_manufacturing"
    assert tables.sector_codes("2017")["C1"] == "materials"
    assert tables.sector_codes("2002")["03"] == "light_manufacturing"
    with pytest.raises(ValueError, match="unknown classification '1994'"):
        tables.sector_codes("1994")


def lines(classification: str) -> pd.DataFrame:
    codes = tables.sector_codes(classification).index
    return pd.DataFrame({"adcode": 110000, "code": codes, "value": range(1, len(codes) + 1)})


def test_two_lines_of_services_are_added():
    found = tables.to_sectors(lines("2017"), "code", "2017", ["adcode"]).set_index("sector")["value"]
    assert found["services"] == 8 + 9
    assert found["materials"] == 3
    assert found.sum() == sum(range(1, 10))


def test_sub_totals_and_missing_sectors_are_refused():
    total = pd.DataFrame({"adcode": [110000], "code": ["I"], "value": [9]})
    with pytest.raises(ValueError, match="codes 'I' are not in the classification of 2017"):
        tables.to_sectors(pd.concat([lines("2017"), total]), "code", "2017", ["adcode"])
    with pytest.raises(ValueError, match="lack a sector, for instance 110000"):
        tables.to_sectors(lines("2017").iloc[1:], "code", "2017", ["adcode"])


def test_every_yearbook_file_has_30_provinces_and_13_years():
    for name in ("gdp", "population", "mobile_penetration", "energy_total"):
        table = tables.read_yearbook(name)
        assert table.shape == (390, 3)
        assert table["adcode"].nunique() == 30
        assert 540000 not in set(table["adcode"])


def test_a_workbook_gives_flows_in_the_codes_of_its_year():
    book = tables.read_input_output(2017)
    flows, output = book[440000]
    assert flows.columns.tolist() == output.index.tolist() == tables.sector_codes("2017").index.tolist()
    assert (output > flows.sum()).all()
    assert len(book) == 30


def test_a_sheet_that_does_not_balance_is_refused():
    head = ["投入", "代码", "农业", "总产出"]
    rows = [
        ["t", "", "", ""],
        ["u", "", "", ""],
        head,
        ["", "", "A", ""],
        ["农业", "A", 5, 20],
        ["总投入", "TI", 25, None],
    ]
    with pytest.raises(ValueError, match=r"somewhere: total output differs from total input by 5\.0"):
        tables._flows(pd.DataFrame(rows, dtype=object), "somewhere")


@pytest.mark.parametrize("year", [2008, 2014, 2020])
def test_fuels_are_lines_in_one_unit(year):
    table = tables.read_fuels(year)
    assert len(table) == 30 * 8
    text = tables.raw_table(f"fuels_{year}", "地区")
    totals = text[text["行业代码"] == ""]
    assert table["煤炭"].sum() == pytest.approx(totals["煤炭(万吨)"].astype(float).sum(), rel=1e-6)
    gas = next(column for column in text if column.startswith("天然气"))
    factor = 1e-4 if "万立方米" in gas else 1.0
    assert table["天然气"].sum() == pytest.approx(totals[gas].astype(float).sum() * factor, rel=1e-4)


def test_an_unknown_unit_of_fuel_is_refused(monkeypatch):
    text = tables.decode(tables.read_bytes("fuels_2008")).replace("煤炭(万吨)", "煤炭(吨)")
    monkeypatch.setattr(tables, "read_bytes", lambda name: text.encode())
    with pytest.raises(ValueError, match="2008: unknown unit '吨' of 煤炭"):
        tables.read_fuels(2008)


def test_sectors_have_the_totals_of_their_lines():
    table = tables.read_sectors("sector_exports", "exports")
    assert len(table) == 30 * 13 * 8
    text = tables.raw_table("sector_exports", "地区")
    totals = text.loc[text["代码"] == "", "2015"].astype(float).sum()
    assert table.loc[table["year"] == 2015, "exports"].sum() == pytest.approx(totals)
