"""Provincial input-output tables as workbooks: one sheet a province, merged titles, sub-totals, both balances exact."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from openpyxl import Workbook

from helpers.simulate.province_exports_accounts import SECTORS
from helpers.simulate.province_exports_sample import TWIN, YEARS, parameters, provinces
from helpers.simulate.raw_province_exports_codes import CLASSIFICATIONS, classification_of, short_name
from helpers.simulate.worlds import World, stream

Array = NDArray[np.float64]
FINAL = ("最终消费支出", "资本形成总额", "出口", "国内省外流出")
INCOME = ("劳动者报酬", "生产税净额", "固定资产折旧", "营业盈余")
# Shares of final consumption and of capital formation by sector.
_CONSUMED = np.array([0.10, 0.00, 0.22, 0.05, 0.06, 0.04, 0.00, 0.53])
_INVESTED = np.array([0.02, 0.00, 0.00, 0.01, 0.28, 0.00, 0.62, 0.07])
_BOUGHT = np.array([0.06, 0.15, 0.10, 0.27, 0.34, 0.01, 0.00, 0.07])


def transport_share(adcode: int) -> float:
    """Return the share of services that is transport, from 2017 a line of its own; one constant a province."""
    place = provinces()["adcode"].tolist().index(adcode)
    return round(0.18 + 0.005 * (place * 7 % 17), 3)


def input_output_workbook(world: World, year: int) -> bytes:
    """Return the workbook of one benchmark year; 10^4 yuan until 2012, 10^8 yuan in 2017."""
    book = Workbook()
    book.remove(book.active)
    unit, factor, digits = ("万元", 1e4, 0) if year < 2017 else ("亿元", 1.0, 4)
    generator = stream(TWIN, world.draw, f"input-output {year}")
    flows = world.parts["flows"].query("year == @year").set_index(["adcode", "sector"])
    exports = _exports(world, year)
    for code, name_zh in provinces()[["adcode", "province_zh"]].itertuples(index=False):
        own = flows.loc[code].loc[list(SECTORS)]
        table, output = own[list(SECTORS)].to_numpy(), own["output"].to_numpy()
        final, purchases = _final_use(generator, table, output, exports.loc[code].to_numpy())
        income = _income(generator, table, output)
        shown = [_renamed(one, year, code) for one in (table, final, purchases, income)]
        sheet = book.create_sheet(short_name(code))
        sheet.append([f"{name_zh}{year}年投入产出表(按当年生产者价格计算)"])
        sheet.append([f"单位:{unit}"])
        for row in _layout(year, *shown):
            sheet.append([round(cell * factor, digits) + 0.0 if isinstance(cell, float) else cell for cell in row])
        sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=8)
        sheet.merge_cells(start_row=2, start_column=1, end_row=2, end_column=3)
    stream_of_bytes = io.BytesIO()
    book.save(stream_of_bytes)
    return stream_of_bytes.getvalue()


def _exports(world: World, year: int) -> pd.DataFrame:
    """Return exports by sector in 10^8 yuan; for 2007 those of 2008 over the growth of output."""
    seen = max(year, YEARS[0])
    rate = parameters()["exchange_rates"][YEARS.index(seen)]
    one = world.parts["sectors"].query("year == @seen").pivot(index="adcode", columns="sector", values="exports")
    back = parameters()["growth_2007"] if year < seen else 1.0
    return (one[list(SECTORS)] * rate / 1e5 / back).round(4)


def _final_use(generator: np.random.Generator, table: Array, output: Array, exports: Array) -> tuple[Array, Array]:
    """Return four columns of final use, and imports and inflow from other provinces; the rows balance exactly."""
    added = (output - table.sum(axis=0)).sum()
    wobble = np.exp(0.1 * generator.standard_normal((3, len(SECTORS))))
    consumed = np.round(0.52 * added * _CONSUMED * wobble[0], 4)
    invested = np.round(0.44 * added * _INVESTED * wobble[1], 4)
    imports = np.round(exports.sum() * 0.8 * _BOUGHT * wobble[2], 4)
    left = output - table.sum(axis=1) - consumed - invested - exports + imports
    flow = np.round(0.08 * output, 4)
    outflow = np.round(np.maximum(left, 0.0) + flow, 4)
    inflow = np.round(outflow - left, 4)
    return np.stack([consumed, invested, exports, outflow], axis=1), np.stack([imports, inflow], axis=1)


def _income(generator: np.random.Generator, table: Array, output: Array) -> Array:
    """Split value added into four incomes; the columns balance exactly."""
    added = output - table.sum(axis=0)
    shares = np.array([0.48, 0.14, 0.14])[:, None] * np.exp(0.1 * generator.standard_normal((3, len(SECTORS))))
    first = np.round(added * shares, 4)
    return np.concatenate([first, np.round(added - first.sum(axis=0), 4)[None, :]]).T


def _renamed(values: Array, year: int, adcode: int) -> pd.DataFrame:
    """Put the rows (and, for flows, the columns) into the order of that year's classification; split services."""
    codes = CLASSIFICATIONS[classification_of(year)]
    frame = pd.DataFrame(values, index=list(SECTORS))
    if values.shape[1] == len(SECTORS):
        frame.columns = list(SECTORS)
        frame = _split(frame.T, codes, adcode).T
    return _split(frame, codes, adcode)


def _split(frame: pd.DataFrame, codes: dict[str, tuple[str, str]], adcode: int) -> pd.DataFrame:
    part = (frame.loc["services"] * transport_share(adcode)).round(4)
    rows = {}
    for code, (sector, _) in codes.items():
        double = "G" in codes and sector == "services"
        rows[code] = (part if code == "G" else frame.loc[sector] - part) if double else frame.loc[sector]
    return pd.DataFrame(rows).T


def _layout(
    year: int, flows: pd.DataFrame, final: pd.DataFrame, purchases: pd.DataFrame, income: pd.DataFrame
) -> list[list[object]]:
    """Return the rows of a sheet below its two title lines."""
    names = {code: zh for code, (_, zh) in CLASSIFICATIONS[classification_of(year)].items()}
    head = [
        "投入\\产出",
        "代码",
        *names.values(),
        "中间使用合计",
        *FINAL,
        "最终使用合计",
        "进口",
        "国内省外流入",
        "总产出",
    ]
    rows: list[list[object]] = [head, ["", "", *names]]
    output = flows.sum(axis=1) + final.sum(axis=1) - purchases.sum(axis=1)
    for code, zh in names.items():
        used, sold = flows.loc[code], final.loc[code]
        cells = [*used, used.sum(), *sold, sold.sum(), *purchases.loc[code], output[code]]
        rows.append([zh, code, *map(float, cells)])
    total = [flows.sum(), flows.sum().sum(), final.sum(), final.sum().sum(), purchases.sum(), output.sum()]
    rows.append(["中间投入合计", "TII", *(float(v) for one in total for v in np.atleast_1d(one))])
    for place, name in enumerate(INCOME):
        rows.append([name, f"VA{place + 1}", *map(float, income.iloc[:, place])])
    rows.append(["增加值合计", "TVA", *map(float, income.sum(axis=1))])
    rows.append(["总投入", "TI", *map(float, flows.sum() + income.sum(axis=1))])
    return rows
