"""Make data/README.md and the book's data catalogue from the manifests beside the data files.

python scripts/data_catalogue.py                   write both pages
python scripts/data_catalogue.py --check           fail when a page or a manifest is stale
python scripts/data_catalogue.py --update-hashes   first refresh checksum, rows and missing counts in the manifests
"""

import argparse
import csv
import hashlib
import re
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from helpers import datasets, published  # noqa: E402

PAGES = {ROOT / "data" / "README.md": "github", ROOT / "chapters" / "06_reference" / "data_catalogue.md": "book"}
FOLDERS = {
    "geography": "Places",
    "policy": "Policies and groups of cities",
    "factors": "Emission factors",
    "comparison": "Real panels to compare with",
    "published": "Printed tables of the papers",
    "simulated": "Simulated twins",
}
FIRST = ("prefectures", "provinces", "pilot_zones")
INTRODUCTION = """\
Every table that the book reads from its own repository stands here, with its source, its strength and its licence. The
papers' own panels are not public, so they are not among them.

- **real** data are facts and public figures.
- **published** data are numbers printed in one of the papers, copied cell by cell.
- **simulated** data are drawn from a documented process whose truth is known. What stands here is a stored copy of the
  book's own draw; `make data` draws it anew, byte for byte.
- **local** data are a reader's own copy of the real panels.

*Strength* says how far a table can be trusted: an official text read in full is strong, a researcher's public
transcription is weak. Where a fact was only recalled and not read in a source, the cell is blank or the row is left
out.

Join tables on `adcode`, the administrative code, never on English names: there are two cities each of the names
Taizhou, Suzhou, Fuzhou, Yichun and Yulin. In every file a blank cell is a missing value, the encoding is UTF-8 and the
decimal sign is a point.
"""
RAW = """\
What a student would meet before any panel exists: yearbook sheets, workbooks and lists, with their dirt. The first
chapter of each paper's part turns them into the panel.
"""
NOT_HERE = """\
- **The papers' panels**: built from yearbooks that may not be passed on. The simulated twins stand in for them; whoever
  has the real ones can bring them (`data/local/README.md`).
- **Smart-city pilots** (2012, 2013 and 2014 lists): no full list with a source could be read, only the number of units
  in each batch. Tables that fill the gap with "representative" cities are in circulation; do not use them.
- **Five zones of November 2022**: 33 were approved, 28 names could be confirmed.
- **Signed and released dates** of a batch of zones where no source gives them: a batch has one or the other.
- **Electricity factors of 2021 and 2022 by province**: official, but no full list could be read in two places.
- **Census population** of eight autonomous prefectures.
"""


def facts(path: Path) -> tuple[str, int, dict[str, int]]:
    """Return checksum, number of rows and missing cells of each column of a CSV."""
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    missing = {name: sum(row[position] == "" for row in rows) for position, name in enumerate(header)}
    return hashlib.sha256(path.read_bytes()).hexdigest(), len(rows), missing


def update_hashes() -> None:
    """Refresh checksum, rows and missing counts in every manifest; nothing else is touched."""
    for name in datasets.names():
        path = datasets.file_of(name)
        checksum, rows, missing = facts(path)
        manifest = path.with_suffix(".yml")
        text = manifest.read_text(encoding="utf-8")
        text = re.sub(r"^sha256: .*$", f"sha256: {checksum}", text, flags=re.M)
        text = re.sub(r"^rows: .*$", f"rows: {rows}", text, flags=re.M)
        for column, count in missing.items():
            pattern = rf"(^  - name: {re.escape(column)}\n(?:    .*\n)*?    missing: )\d+$"
            text = re.sub(pattern, rf"\g<1>{count}", text, flags=re.M)
        manifest.write_text(text, encoding="utf-8")


def stale_manifests() -> list[str]:
    """Return one line for each manifest that does not describe its file."""
    found = []
    for name in datasets.names():
        manifest = datasets.manifest(name)
        stated = manifest["sha256"], manifest["rows"], {one["name"]: one["missing"] for one in manifest["columns"]}
        if stated != facts(datasets.file_of(name)):
            found.append(f"{name}.yml does not describe {name}.csv (python scripts/data_catalogue.py --update-hashes)")
    return found


def source(entry: dict) -> str:
    """Return one source as text with its address, licence and date."""
    text = entry["title"].rstrip(".")
    text += f", <{entry['url']}>" if "url" in entry else ""
    text += f" ({entry['licence']})" if "licence" in entry else ""
    return f"{text}. Accessed {entry['accessed']}."


def column(entry: dict) -> str:
    """Return one column as an item of a list."""
    details = [entry["unit"]] if entry["unit"] else []
    if entry.get("allowed") and entry["allowed"] != "see description":
        details.append(f"allowed: {entry['allowed']}")
    details.append(f"{entry['missing']} blank" if entry["missing"] else "never blank")
    return f"- `{entry['name']}`: {entry['description']} *({'; '.join(details)})*"


def card(name: str, style: str) -> str:
    """Return the card of one data set."""
    manifest = datasets.manifest(name)
    kind = datasets.kind_of(name)
    badge = f'<span class="kind kind-{kind}">{kind} data</span>' if style == "book" else f"**{kind} data**"
    folder = datasets.file_of(name).parent.name
    file = f"`{name}.csv` in `data/{folder}`"
    if style == "book":
        file = f"{{download}}`{name}.csv <../../data/{folder}/{name}.csv>` in `data/{folder}`"
    sources = manifest["sources"]
    lines = [
        f"### {manifest['title']}",
        f"{badge} · {manifest['rows']} rows, {len(manifest['columns'])} columns · {file}",
        manifest["description"],
        f"```python\nfrom helpers import {manifest['load'].split('.')[0]}\n\n{manifest['load']}\n```",
        "**Sources.** " + ("" if len(sources) > 1 else source(sources[0])),
    ]
    if len(sources) > 1:
        lines.append("\n".join(f"- {source(entry)}" for entry in sources))
    lines += [f"**Strength.** {manifest['strength']}", f"**Licence.** {manifest['licence']}"]
    lines.append(f"**What was changed.** {manifest['changes']}")
    if manifest.get("notes"):
        lines.append(f"**Take care.** {manifest['notes']}")
    columns = "\n".join(column(entry) for entry in manifest["columns"])
    checksum = f"Checksum (SHA-256): `{manifest['sha256'][:16]}`…"
    if style == "book":
        lines.append(f"````{{dropdown}} Columns\n{columns}\n\n{checksum}\n````")
    else:
        lines.append(f"<details><summary>Columns</summary>\n\n{columns}\n\n{checksum}\n\n</details>")
    return "\n\n".join(line.rstrip() for line in lines)


def example_error() -> str:
    """Return what a reader sees after breaking one code and repeating another, computed."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "prefectures.csv"
        lines = datasets.file_of("prefectures").read_text(encoding="utf-8").splitlines()
        lines[2] = lines[2].replace(lines[2].split(",")[0], "12000O")
        lines[4] = lines[4].replace(lines[4].split(",")[0], lines[3].split(",")[0])
        copy.write_text("\n".join(lines) + "\n", encoding="utf-8")
        try:
            datasets.load_prefectures(copy)
        except datasets.DataFileError as error:
            return str(error)
    raise SystemExit("the broken example was accepted")


def page(style: str) -> str:
    """Return the whole page."""
    parts = ["# Data catalogue" if style == "book" else "# The data of this book"]
    made = "Made by scripts/data_catalogue.py from the manifests. Change those, not this page."
    parts.append(f"% {made}" if style == "book" else f"<!-- {made} -->")
    parts.append(INTRODUCTION)
    parts.append("## When a file is broken")
    parts.append(
        "The loaders read strictly. Say someone types the letter O into one code and repeats another; "
        "the loader then stops with this message (line numbers as in a text editor):"
    )
    parts.append(f"```text\n{example_error()}\n```")
    by_folder = {folder: [] for folder in FOLDERS}
    for name in sorted(datasets.names(), key=lambda name: (name not in FIRST, name)):
        by_folder[datasets.file_of(name).parent.name].append(name)
    for folder, heading in FOLDERS.items():
        if not by_folder[folder]:
            continue
        parts.append(f"## {heading}")
        parts += [card(name, style) for name in by_folder[folder]]
        if folder == "published":
            parts += ["### What is known about the papers", papers()]
    parts += ["## Raw files of the twins", RAW]
    parts += [raw_folder(folder, style) for folder in sorted((datasets.DATA / "raw").iterdir()) if folder.is_dir()]
    parts += ["## What is not here, and why", NOT_HERE]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def raw_folder(folder: Path, style: str) -> str:
    """Return one folder of raw files: what its README says, and each file to take along."""
    title, text = (folder / "README.md").read_text(encoding="utf-8").split("\n", 1)
    heading = f"### {title.lstrip('# ')}"
    if style != "book":
        return f"{heading}\n\n[What the files imitate](raw/{folder.name}/README.md), in `data/raw/{folder.name}`."
    files = sorted(path for path in folder.iterdir() if path.name != "README.md")
    links = "\n".join(f"- {{download}}`{path.name} <../../data/raw/{folder.name}/{path.name}>`" for path in files)
    text = re.sub(r"^#+ (.+)$", r"**\1**", text.strip(), flags=re.M)
    return f"{heading}\n\n{text}\n\n````{{dropdown}} All {len(files)} files\n{links}\n````"


def papers() -> str:
    """Return the bibliography of the four papers as a list."""
    items = []
    for key, paper in published.load_papers().items():
        items.append(f"- `{key}`: {paper['citation']} *{paper['status']}.* {paper['note']}".rstrip())
    return "\n".join(items)


def main() -> int:
    """Write the pages, or compare them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing, fail when something is stale")
    parser.add_argument("--update-hashes", action="store_true", help="refresh checksums and counts in the manifests")
    arguments = parser.parse_args()
    if arguments.update_hashes and not arguments.check:
        update_hashes()
    stale = stale_manifests()
    for path, style in PAGES.items():
        text = page(style)
        if arguments.check:
            if not path.is_file() or path.read_text(encoding="utf-8") != text:
                stale.append(f"{path.relative_to(ROOT)} is stale (python scripts/data_catalogue.py)")
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    print("\n".join(stale) if stale else f"The data catalogue describes {len(datasets.names())} data sets.")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
