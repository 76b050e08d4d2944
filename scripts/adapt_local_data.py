r"""Put one column of a download into a local panel: years as columns or one row a year, names or codes, unit stated.

    python scripts/adapt_local_data.py so2.xlsx --paper city_sulfur --column so2 --unit t --place 城市 --province 省份
    python scripts/adapt_local_data.py co2.csv --paper city_sulfur --column co2 --unit Mt --place code \
        --year year --value emissions

The first line reads a sheet with years as columns, the second a long list. Each run adds one column to the file of the
paper in data/local (or in the folder that BOOK_LOCAL_DATA names); rows are joined on code and year.
"""

import argparse
import sys
from pathlib import Path

import pandas as pd

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from helpers import study_data  # noqa: E402
from helpers.downloads import AdapterError, convert, read_table  # noqa: E402
from helpers.local_adapters import city_co2, long_rows, years_to_rows  # noqa: E402
from helpers.place_names import PlaceNameError  # noqa: E402
from helpers.study_schemas import FILLED, PAPERS  # noqa: E402


def tidy(args: argparse.Namespace) -> pd.DataFrame:
    """Return the column of the download as tidy rows in the unit of the schema."""
    wanted = {one.name: one for one in PAPERS[args.paper]}
    if args.column not in wanted or wanted[args.column].type in ("text", "code") or args.column == "year":
        numbers = [name for name, one in wanted.items() if one.type in ("number", "flag")]
        raise AdapterError(f"{args.paper} has no column of numbers {args.column!r}; there are {', '.join(numbers)}")
    table = read_table(args.file, sheet=args.sheet, skip=args.skip)
    level = "province" if args.paper == "province_exports" else "city"
    common = {"place": args.place, "province": args.province, "drop_totals": args.drop_totals}
    if args.column == "co2":
        return city_co2(table, unit=args.unit, value=args.value, year=args.year, **common)
    if args.year is None:
        rows = years_to_rows(table, value=args.column, level=level, fill_down=args.fill_down, **common)
    else:
        values = {args.value or args.column: args.column}
        rows = long_rows(table, year=args.year, values=values, level=level, **common)
    return rows.assign(**{args.column: convert(rows[args.column], args.unit, wanted[args.column].unit)})


def join(paper: str, file: Path, rows: pd.DataFrame, replace: bool) -> pd.DataFrame:
    """Join a column to the file as it is so far; a column that is there stays unless it is to be replaced."""
    column = rows.columns[-1]
    if not file.is_file():
        return rows
    old = pd.read_csv(file)
    if column in old and old[column].notna().any() and not replace:
        raise AdapterError(f"{file.name} has a column {column} already; say --replace to write it anew")
    panel = old.drop(columns=column, errors="ignore").merge(rows, on=["adcode", "year"], how="outer")
    order = [one.name for one in PAPERS[paper] if one.name in panel]
    return panel[order + [name for name in panel if name not in order]]


def main() -> int:
    """Run the command line."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("file", type=Path, help="the download, CSV or XLSX")
    ask.add_argument("--paper", choices=PAPERS, required=True)
    ask.add_argument("--column", required=True, help="name of the column in the schema")
    ask.add_argument("--unit", required=True, help="unit of the download; it is never guessed")
    ask.add_argument("--place", required=True, help="column of the download with names or codes")
    ask.add_argument("--province", help="column with the province of each city")
    ask.add_argument("--year", help="column with the year; left out when years are columns")
    ask.add_argument("--value", help="column with the numbers of a long list")
    ask.add_argument("--sheet", default=0, help="name of the sheet of a workbook")
    ask.add_argument("--skip", type=int, default=0, help="title lines above the header")
    ask.add_argument("--drop-totals", action="store_true", help="leave out rows of totals")
    ask.add_argument("--fill-down", action="store_true", help="a blank province means the one above")
    ask.add_argument("--replace", action="store_true", help="write a column anew that is there already")
    args = ask.parse_args()
    folder = study_data.local_folder()
    if folder is None:
        ask.error("BOOK_LOCAL_DATA is 'none'")
    try:
        file = folder / f"{args.paper}.csv"
        panel = join(args.paper, file, tidy(args), args.replace)
    except (AdapterError, PlaceNameError) as problem:
        print(f"Nothing was written. {problem}", file=sys.stderr)
        return 1
    folder.mkdir(parents=True, exist_ok=True)
    panel.to_csv(file, index=False, lineterminator="\n", encoding="utf-8")
    left = [one.name for one in PAPERS[args.paper] if one.name not in panel and one.name not in FILLED]
    print(f"{file.name}: {args.column} for {len(panel):,} rows. Columns still missing: {', '.join(left) or 'none'}.")
    print("Next: the other columns, then `make check-data`.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
