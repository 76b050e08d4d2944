"""Tables in workbooks: merged cells filled, notes kept, unknown texts refused."""

import pytest
from openpyxl import Workbook

from helpers import workbooks
from helpers.workbooks import WorkbookError, numbers, read_plainly, read_table, sheet_names, texts


def sheet(path, rows, merged=()):
    book = Workbook()
    page = book.active
    page.title = "表"
    for row in rows:
        page.append(row)
    for one in merged:
        page.merge_cells(one)
    book.save(path)
    return path


HEAD = [["各城市人口"], ["单位：万人"], ["省份", "城市", "人口"], [None, None, "2019年", "2020年"]]
BODY = [["浙江省", "杭州市", 1.5, "…"], [None, "宁波市", "-", 2], ["安徽省", "合肥市", None, 3]]


def test_a_sheet_with_merged_cells_and_notes(tmp_path):
    path = sheet(tmp_path / "a.xlsx", [*HEAD, *BODY, ["注：甲"], ["资料来源：乙"]], ["A5:A6", "A3:A4", "C3:D3"])
    table = read_table(path, "表")
    assert (table.title, table.unit, table.notes) == ("各城市人口", "万人", ("注：甲", "资料来源：乙"))
    assert list(table.cells.index) == [("浙江省", "杭州市"), ("浙江省", "宁波市"), ("安徽省", "合肥市")]
    assert list(table.cells.columns) == [2019, 2020]
    assert texts(table.cells).to_dict() == {"…": 1, "-": 1, "(empty)": 1}
    long = numbers(table.cells, ["…", "-"])
    assert long.loc[("浙江省", "杭州市", 2019)] == 1.5
    assert long.isna().sum() == 3 and len(long) == 6
    assert sheet_names(path) == ("表",)
    assert read_plainly(path, "表").iloc[5, 0] is None


def test_an_unknown_text_is_refused_with_its_place(tmp_path):
    table = read_table(sheet(tmp_path / "a.xlsx", [*HEAD, *BODY], ["A5:A6"]), "表")
    with pytest.raises(WorkbookError, match="浙江省 杭州市 2020: '…' is no number"):
        numbers(table.cells, ["-"])


@pytest.mark.parametrize(
    ("rows", "merged", "says"),
    [
        ([["人口"], ["城市", "人口"], ["杭州市", 1]], [], "no row holds years"),
        ([*HEAD, *BODY], [], "row 6: a place is missing and no merged cell"),
        ([*HEAD[:3], [None, None, "2019年", "2019年"], BODY[0]], [], "years repeat"),
        ([*HEAD, BODY[0], BODY[0]], [], "twice"),
        ([["城市", "2019年", "2020年"], ["杭州市", 1, 2]], [], "1 columns stand before them, not 2"),
    ],
)
def test_sheets_that_are_no_table_are_refused(tmp_path, rows, merged, says):
    with pytest.raises(WorkbookError, match=says):
        read_table(sheet(tmp_path / "a.xlsx", rows, merged), "表")


def test_unknown_sheets_and_workbooks_are_named(tmp_path):
    with pytest.raises(WorkbookError, match="there are 表"):
        read_table(sheet(tmp_path / "a.xlsx", HEAD), "另表")
    with pytest.raises(WorkbookError, match="there are co2_patents, economy, so2"):
        workbooks.raw_workbook("city_sulfur", "missing")
    assert workbooks.raw_workbook("city_sulfur", "so2").is_file()
