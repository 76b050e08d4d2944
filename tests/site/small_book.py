"""A book of three pages, built by the book's own settings, extension and scripts: what the tests of editions build."""

import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import yaml
from book_pages import ROOT
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

PARTS = ("_ext", "_static", "data", "helpers", "scripts")
FILES = ("_config.yml", "requirements.txt", "pyproject.toml", "CHANGELOG.md")
NOTEBOOK = Path("chapters/01_policy/01_small.ipynb")
PAGE = Path("chapters/plain.md")
RUNS = Path("chapters/01_policy/runs.txt")
GLOSSARY = "# Glossary\n\n```{glossary}\ncarbon intensity\n碳排放强度\n  Emissions per unit of output.\n```\n"
CELLS = [
    new_markdown_cell("# A small chapter\n\nA sentence about {term}`carbon intensity`.", id="title"),
    new_code_cell(
        'from helpers import datasets, tables\n\nwith open("runs.txt", "a") as runs:\n    runs.write("x")', id="import"
    ),
    new_code_cell(
        'tables.show(datasets.load_prefectures().head(3), kind="real", caption="Three prefectures.", index=False)',
        id="show",
    ),
]


def write(root: Path) -> Path:
    """Write the small book to a folder and return the folder."""
    for name in PARTS:
        leave_out = shutil.ignore_patterns("__pycache__", "local")
        shutil.copytree(ROOT / name, root / name, ignore=leave_out)
    for name in FILES:
        shutil.copyfile(ROOT / name, root / name)
    (root / NOTEBOOK).parent.mkdir(parents=True)
    (root / "chapters" / "06_reference").mkdir()
    (root / "chapters" / "references.bib").touch()
    (root / "chapters" / "06_reference" / "glossary.md").write_text(GLOSSARY, encoding="utf-8")
    (root / "index.md").write_text("# A small book\n\nTo begin.\n", encoding="utf-8")
    (root / PAGE).write_text("# A plain page\n\nOne sentence.\n", encoding="utf-8")
    chapters = ["chapters/plain", "chapters/01_policy/01_small", "chapters/06_reference/glossary"]
    toc = {"format": "jb-book", "root": "index", "chapters": [{"file": name} for name in chapters]}
    (root / "_toc.yml").write_text(yaml.safe_dump(toc, sort_keys=False), encoding="utf-8")
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(new_notebook(cells=CELLS, metadata=kernel), root / NOTEBOOK)
    return root


def build(root: Path, *options: str) -> subprocess.CompletedProcess:
    """Say `build_book.py` in a small book; its text stays with the result."""
    command = [sys.executable, str(root / "scripts" / "build_book.py"), *options]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, encoding="utf-8", check=False)


def runs(root: Path) -> int:
    """How often the notebook ran."""
    return len((root / RUNS).read_text(encoding="utf-8")) if (root / RUNS).is_file() else 0


def replace(path: Path, old: str, new: str) -> None:
    """Change one place of a file; the place must be there."""
    text = path.read_text(encoding="utf-8")
    assert text.count(old) >= 1, f"{path.name} does not hold {old!r}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
