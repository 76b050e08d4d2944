"""Write data/local/README.md and the templates of local files from the table of columns in helpers.study_schemas.

python scripts/local_templates.py          write them
python scripts/local_templates.py --check  write nothing, fail when one is stale
"""

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from helpers.study_schemas import FILLED, PAPERS, TITLES, table  # noqa: E402

FOLDER = ROOT / "data" / "local"
INTRODUCTION = """\
# Your own data

<!-- Made by scripts/local_templates.py from helpers/study_schemas.py. Change those, not this file. -->

Put the real panel of a paper here and every chapter of that paper runs on it. Git ignores your files. The page *Your
own data* of the book tells the whole story; in short:

1. Copy `template_PAPER.csv` to `PAPER.csv` and fill it in, one row for each place and year.
2. `make check-data` lists every problem of every file in one pass.
3. `make book`.

<!-- columns -->
"""


def columns(paper: str) -> str:
    """Return the columns of a paper as a list."""
    lines = []
    for row in table(paper).itertuples():
        details = [row.unit, row.values if row.values != row.unit else "", row.blank]
        also = f" Also: {row.headers}" if row.headers else ""
        lines.append(f"- `{row.column}`: {row.description} *({'; '.join(one for one in details if one)})*.{also}")
    return "\n".join(lines)


def readme() -> str:
    """Return the text of the folder's README."""
    parts = [INTRODUCTION]
    for paper, title in TITLES.items():
        parts += [
            f"## {title}\n",
            f"File `{paper}.csv`; `adcode` and `year` together are the key.\n",
            columns(paper),
            "",
        ]
    parts.append(f"Columns that may be left out are filled from the code: {', '.join(f'`{name}`' for name in FILLED)}.")
    return "\n".join(parts) + "\n"


def files() -> dict[Path, str]:
    """Return every file with its text."""
    templates = {
        FOLDER / f"template_{paper}.csv": ",".join(one.name for one in columns) + "\n"
        for paper, columns in PAPERS.items()
    }
    return {FOLDER / "README.md": readme(), **templates}


def main() -> int:
    """Write the files, or compare them."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--check", action="store_true", help="write nothing, fail when a file is stale")
    check = ask.parse_args().check
    stale = [path for path, text in files().items() if not path.is_file() or path.read_text(encoding="utf-8") != text]
    if check:
        for path in stale:
            print(f"{path.name} in data/local is stale (python scripts/local_templates.py)", file=sys.stderr)
        return 1 if stale else 0
    FOLDER.mkdir(parents=True, exist_ok=True)
    for path in stale:
        path.write_text(files()[path], encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
