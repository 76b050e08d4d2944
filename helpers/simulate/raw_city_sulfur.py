"""Raw files of the SO2 twin: workbooks as a student meets them, with the dirt of a statistical office.

Six kinds of dirt, all of them met in real yearbooks: notes above and below a table; merged cells (a province is written
once for all its cities, a heading spans all years); gaps in five spellings; two vintages of the same years; a change of
method that only a note tells; cities that appear, and two that disappear.
"""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np
import pandas as pd
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.worksheet.worksheet import Worksheet

from helpers.simulate.city_sulfur_sample import TWIN, YEARS, load_sample
from helpers.simulate.worlds import World, stream

#: Five spellings of a cell without a number.
GAPS = ("", "-", "…", "n.a.", "缺失")

#: Sheets of the workbook of the economy: statistic, heading, unit, column of the panel that is blank with it.
ECONOMY = (
    ("gdp", "地区生产总值", "亿元", None),
    ("population", "常住人口", "万人", "gdp_per_capita"),
    ("secondary", "第二产业增加值占GDP比重", "%", "secondary_share"),
    ("urban", "常住人口城镇化率", "%", "urban_share"),
    ("loans", "年末金融机构各项贷款余额", "亿元", "loans_to_gdp"),
    ("expenditure", "地方一般公共预算支出", "亿元", "fiscal_share"),
)
OTHERS = (
    ("co2", "二氧化碳排放量", "万吨", "co2"),
    ("green_patents", "绿色专利申请数", "件", "green_patents"),
)
BREAK = "注：2016年起统计调查范围和核算方法调整，与以前年度数据不可比。"


def files(world: World) -> dict[str, bytes]:
    """Return the raw files of a world by name (three workbooks)."""
    wide = _wide(world)
    return {
        "so2.xlsx": _sulfur(wide),
        "economy.xlsx": _book([(wide[name], heading, unit, YEARS) for name, heading, unit, _ in ECONOMY]),
        "co2_patents.xlsx": _book([(wide[name], heading, unit, YEARS) for name, heading, unit, _ in OTHERS]),
    }


def _wide(world: World) -> dict[str, np.ndarray]:
    """Return each statistic as an array of cells (cities, years): numbers, or None where the city is not listed."""
    sample, generator = load_sample(), stream(TWIN, 0, "spelling of gaps")
    statistics = world.parts["statistics"]
    first, last = (sample.cities[name].to_numpy()[:, None] for name in ("first_year", "last_year"))
    listed = (first <= YEARS) & (last >= YEARS)
    dissolved = np.broadcast_to(last < YEARS[-1], listed.shape)
    blank = {name: panel for name, _, _, panel in (*ECONOMY, *OTHERS)} | {"so2": "so2", "so2_first": "so2"}
    cells = {}
    for name, column in blank.items():
        values = statistics[name].to_numpy().reshape(listed.shape)
        gap = np.zeros(listed.shape, dtype=bool) if column is None else sample.missing[column] & ~dissolved
        spelled = generator.choice(np.array(GAPS, dtype=object), size=listed.shape)
        whole = name in ("so2", "so2_first", "green_patents")
        numbers = np.array([[int(v) if whole else float(v) for v in row] for row in values], dtype=object)
        numbers[gap] = spelled[gap]
        numbers[~listed] = None
        cells[name] = numbers
    return cells


def _sulfur(wide: dict[str, np.ndarray]) -> bytes:
    """Return the workbook of SO2: three sheets of the first edition, one of the revised series."""
    heading, unit = "工业二氧化硫排放量", "吨"
    book = Workbook()
    book.remove(book.active)
    periods = {"2005-2010": (2005, 2010, ()), "2011-2015": (2011, 2015, ()), "2016-2019": (2016, 2019, (BREAK,))}
    for name, (start, end, notes) in periods.items():
        _sheet(book.create_sheet(name), wide["so2_first"], heading, unit, np.arange(start, end + 1), notes)
    notes = ("注：2016-2019年数据根据第二次全国污染源普查结果进行了修订，以本表为准。", BREAK)
    _sheet(book.create_sheet("2016-2022修订"), wide["so2"], heading, unit, np.arange(2016, 2023), notes)
    return _saved(book)


def _book(sheets: Sequence[tuple[np.ndarray, str, str, np.ndarray]]) -> bytes:
    book = Workbook()
    book.remove(book.active)
    for cells, heading, unit, years in sheets:
        _sheet(book.create_sheet(heading), cells, heading, unit, years, ())
    return _saved(book)


def _sheet(
    sheet: Worksheet, cells: np.ndarray, heading: str, unit: str, years: np.ndarray, notes: Sequence[str]
) -> None:
    """Write one table: title, unit, a heading of two rows with merged cells, provinces merged, notes below."""
    cities, width = load_sample().cities, len(years) + 2
    chosen = cells[:, np.isin(YEARS, years)]
    shown = np.array([any(value is not None for value in row) for row in chosen])
    sheet.append([f"各城市{heading}"])
    sheet.append([f"单位：{unit}"])
    sheet.append(["省份", "城市", heading])
    sheet.append([None, None, *(f"{year}年" for year in years)])
    for row in (1, 2):
        sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=width)
    sheet.merge_cells("A3:A4")
    sheet.merge_cells("B3:B4")
    sheet.merge_cells(start_row=3, end_row=3, start_column=3, end_column=width)
    sheet["A1"].font, sheet["A1"].alignment = Font(bold=True), Alignment(horizontal="center")
    rows = [
        (province, name, *row)
        for province, name, row in zip(
            cities["province_zh"][shown], cities["name_zh"][shown], chosen[shown], strict=True
        )
    ]
    provinces = pd.Series([row[0] for row in rows])
    start = 5
    for _, group in provinces.groupby((provinces != provinces.shift()).cumsum()):
        for place in group.index:
            province = rows[place][0] if place == group.index[0] else None
            sheet.append([province, *rows[place][1:]])
        if len(group) > 1:
            sheet.merge_cells(start_row=start, end_row=start + len(group) - 1, start_column=1, end_column=1)
        start += len(group)
    for note in (*notes, "资料来源：各城市统计局。"):
        sheet.append([note])


def _saved(book: Workbook) -> bytes:
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()
