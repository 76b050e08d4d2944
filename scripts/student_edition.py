"""The student edition: a copy of the book's source in which no solution stands any more."""

import json
import re
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

COPIED = ("_config.yml", "_toc.yml", "index.md", "requirements.txt", "CHANGELOG.md")  # the last is shown on a page
FOLDERS = ("chapters", "_static", "_ext", "data", "helpers")
_START, _END = (
    re.compile(r"^\s*(`{3,}|:{3,})\{solution-start\}", re.M),
    re.compile(r"^\s*(`{3,}|:{3,})\{solution-end\}", re.M),
)
_WHOLE = re.compile(r"^(?P<fence>`{3,}|:{3,})\{solution\}.*?^(?P=fence)[ \t]*$\n?", re.M | re.S)


class UnclosedSolutionError(ValueError):
    """A solution that is opened and never closed, so that nobody can say where it ends."""


def without_solutions(cells: list[dict], name: str) -> list[dict]:
    """Return a notebook's cells without those from a solution-start to its solution-end.

    Raises
    ------
    UnclosedSolutionError
        If a solution is not closed, or closed without having been opened.
    """
    kept, inside = [], False
    for number, cell in enumerate(cells, start=1):
        text = "".join(cell["source"])
        opens, closes = bool(_START.search(text)), bool(_END.search(text))
        if (opens and inside) or (closes and not (inside or opens)):
            raise UnclosedSolutionError(f"{name}, cell {number}: a solution starts or ends where none should")
        inside = inside or opens
        if not inside and "solution" not in cell.get("metadata", {}).get("tags", []):
            kept.append({**cell, "source": _WHOLE.sub("", text).splitlines(keepends=True)})
        if closes:
            inside = False
    if inside:
        raise UnclosedSolutionError(f"{name}: a solution is opened and never closed")
    return [cell for cell in kept if "".join(cell["source"]).strip()]


def page_without_solutions(text: str, name: str) -> str:
    """Return a Markdown page without its solutions, gated or whole.

    Raises
    ------
    UnclosedSolutionError
        If a solution is not closed, or closed without having been opened.
    """
    kept, inside = [], False
    for number, line in enumerate(_WHOLE.sub("", text).splitlines(keepends=True), start=1):
        if (bool(_START.match(line)) and inside) or (bool(_END.match(line)) and not inside):
            raise UnclosedSolutionError(f"{name}, line {number}: a solution starts or ends where none should")
        if _START.match(line):
            inside = True
        if not inside:
            kept.append(line)
        if _END.match(line):
            inside = False
    if inside:
        raise UnclosedSolutionError(f"{name}: a solution is opened and never closed")
    return "".join(kept)


def write_student_edition(root: Path, target: Path) -> None:
    """Copy the book's source to `target` without solutions; a file that stays the same keeps its time stamp."""

    def treat(notebook: dict, name: str) -> dict:
        return {**notebook, "cells": without_solutions(notebook["cells"], name)}

    write_edition(root, target, treat, page_without_solutions)


def write_edition(
    root: Path,
    target: Path,
    treat_notebook: Callable[[dict, str], dict],
    treat_page: Callable[[str, str], str],
    extra: Mapping[str, bytes] | None = None,
) -> None:
    """Copy the book's source to `target`, every notebook and page treated; a reader's own data stay where they are.

    Parameters
    ----------
    root, target : Path
        The book and the folder of the edition. A file that stays the same keeps its time stamp; a file that the book
        no longer has leaves the edition.
    treat_notebook, treat_page : callable
        Get the notebook (as JSON) or the text of a page, and its path in the book; return what stands in the edition.
    extra : mapping of path to content, optional
        Further files of the edition.
    """
    wanted = [root / name for name in COPIED]
    wanted += [path for folder in FOLDERS for path in sorted((root / folder).rglob("*")) if path.is_file()]
    contents = {Path(name): content for name, content in (extra or {}).items()}
    for path in wanted:
        inside = path.relative_to(root)
        own = inside.match("data/local/*") and not inside.match("README.md") and not inside.match("template_*.csv")
        if own or "__pycache__" in inside.parts or ".ipynb_checkpoints" in inside.parts:
            continue
        content = path.read_bytes()
        if path.suffix == ".ipynb":
            notebook = treat_notebook(json.loads(content), inside.as_posix())
            content = (json.dumps(notebook, ensure_ascii=False, indent=1) + "\n").encode("utf-8")
        elif path.suffix == ".md":
            content = treat_page(content.decode("utf-8"), inside.as_posix()).encode("utf-8")
        contents[inside] = content
    written = set()
    for inside, content in contents.items():
        copy = target / inside
        written.add(copy)
        if not copy.is_file() or copy.read_bytes() != content:
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(content)
    for stale in [path for path in target.rglob("*") if path.is_file() and path not in written]:
        stale.unlink()
    for empty in sorted((path for path in target.rglob("*") if path.is_dir()), reverse=True):
        if not any(empty.iterdir()):
            shutil.rmtree(empty)
