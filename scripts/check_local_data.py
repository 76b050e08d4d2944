"""Check every file in data/local and list everything that is wrong in one pass (`make check-data`).

    python scripts/check_local_data.py                  data/local, or the folder that BOOK_LOCAL_DATA names
    python scripts/check_local_data.py --folder FOLDER  another folder

The exit status is 1 when a file has a problem.
"""

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from helpers import local_files, study_data  # noqa: E402
from helpers.place_aliases import DISSOLVED  # noqa: E402
from helpers.study_schemas import PAPERS, TITLES  # noqa: E402
from helpers.tablefiles import DataFileError  # noqa: E402

OURS = ("README.md", *(f"template_{paper}.csv" for paper in PAPERS))


def report(folder: Path) -> tuple[list[str], int]:
    """Return the lines to print for a folder, and how many files have problems."""
    lines, bad = [], 0
    for paper, title in TITLES.items():
        file = folder / f"{paper}.csv"
        if not file.is_file():
            lines.append(f"{file.name}: not there; the chapters use the simulated twin. {title}")
            continue
        try:
            frame = local_files.read(paper, file)
        except DataFileError as error:
            bad += 1
            count = len(error.problems)
            lines.append(f"{file.name}: {'1 problem' if count == 1 else f'{count} problems'}")
            lines += [f"  - {problem}" for problem in error.problems]
            lines.append(f"  {str(error).splitlines()[-1]}")
        else:
            years = f"{frame['year'].min()} to {frame['year'].max()}"
            lines.append(f"{file.name}: in order, {len(frame):,} rows, {frame['adcode'].nunique()} places, {years}")
            lines += [f"  note: {note}" for note in notes(frame)]
    known = {*OURS, *(f"{paper}.csv" for paper in PAPERS)}
    strays = sorted(path.name for path in folder.iterdir() if path.name not in known and not path.name.startswith("."))
    for name in strays:
        bad += 1
        lines.append(f"{name}: is not read; a file must be called {', '.join(f'{paper}.csv' for paper in PAPERS)}")
    return lines, bad


def notes(frame) -> list[str]:
    """Return what is allowed, but should be known before a regression is read."""
    counts = frame.groupby("adcode")["year"].nunique()
    uneven = int(counts.ne(frame["year"].nunique()).sum())
    found = [f"{uneven} places do not have every year"] if uneven else []
    gone = [f"{name} ({one.adcode})" for name, one in DISSOLVED.items() if frame["adcode"].eq(one.adcode).any()]
    if gone:
        found.append(f"rows of dissolved cities: {', '.join(gone)}; make sure that nobody is counted twice")
    gaps = frame.isna().sum()
    gaps = gaps[gaps.gt(0) & gaps.index.to_series().ne("agglomeration")]
    if len(gaps):
        found.append("blank cells: " + ", ".join(f"{name} {count:,}" for name, count in gaps.items()))
    return found


def main() -> int:
    """Print the report."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--folder", type=Path, default=study_data.local_folder())
    folder = ask.parse_args().folder
    if folder is None or not folder.is_dir():
        print(f"There is no folder of local data ({folder}). The chapters use the simulated twins.")
        return 0
    lines, bad = report(folder)
    print(*lines, sep="\n")
    if bad:
        print("\nNext: correct the lines above and run `make check-data` again.")
    elif any("in order" in line for line in lines):
        print("\nNext: `make book`. The chapters of these papers run on your data, and every label says local.")
    else:
        print("\nNext: copy a template to its name without 'template_', fill it in, run `make check-data` again.")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
