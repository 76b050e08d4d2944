"""The local edition: a copy of the book's source for the panels in data/local, without what holds for the twin only.

A notebook that loads a paper with a local file loses its cells tagged ``twin-only``; all other files are copied as they
are. ``findings`` tells what would go wrong: a cell that stays and speaks of the twin, or needs one that goes.
"""

import ast
import hashlib
import re
from collections.abc import Callable, Iterable
from pathlib import Path

from student_edition import page_without_solutions, without_solutions, write_edition

TAG = "twin-only"
LOAD = re.compile(r"study_data\.load\(\s*[\"'](\w+)[\"']")
#: Words that a page about a reader's own data must not say.
TWIN_WORDS = re.compile(r"\bsimulat\w*|\btwins?\b|\btrue effect\b|模拟|孪生|真值", re.I)


def papers_of(cells: Iterable[dict]) -> set[str]:
    """Return the papers whose panel a notebook loads."""
    code = ("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    return {paper for text in code for paper in LOAD.findall(text)}


def is_twin_only(cell: dict) -> bool:
    """Tell whether a cell holds for the simulated twin only."""
    return TAG in cell.get("metadata", {}).get("tags", [])


def for_local_data(notebook: dict, papers: Iterable[str]) -> dict:
    """Return a notebook for local data: without twin-only cells, when it loads one of the papers."""
    if not papers_of(notebook["cells"]) & set(papers):
        return notebook
    metadata = dict(notebook["metadata"])
    if metadata.get("book", {}).get("kind") == "simulated":
        metadata["book"] = {**metadata["book"], "kind": "local"}
    kept = [cell for cell in notebook["cells"] if not is_twin_only(cell)]
    used = _names(kept, _read)
    return {**notebook, "metadata": metadata, "cells": [_without_worlds(cell, used) for cell in kept]}


def _without_worlds(cell: dict, used: set[str]) -> dict:
    """Take imports from helpers.simulate out of a cell, when no cell that stays uses them."""
    if cell["cell_type"] != "code" or "helpers.simulate" not in "".join(cell["source"]):
        return cell
    lines = "".join(cell["source"]).splitlines(keepends=True)
    for node in reversed(ast.parse("".join(lines)).body):
        worlds = isinstance(node, ast.ImportFrom) and (node.module or "").startswith("helpers.simulate")
        if worlds and not _stored(node) & used:
            del lines[node.lineno - 1 : node.end_lineno]
    return {**cell, "source": lines}


def write_local_edition(root: Path, target: Path, files: Iterable[Path], *, solutions: bool = True) -> None:
    """Copy the book's source to `target` for local files, each named after its paper; with or without solutions."""
    files = sorted(files)
    papers = [file.stem for file in files]
    used = "".join(f"{file.name} {hashlib.sha256(file.read_bytes()).hexdigest()}\n" for file in files)

    def treat(notebook: dict, name: str) -> dict:
        notebook = for_local_data(notebook, papers)
        return notebook if solutions else {**notebook, "cells": without_solutions(notebook["cells"], name)}

    def page(text: str, name: str) -> str:
        return text if solutions else page_without_solutions(text, name)

    # the build runs notebooks again when this file changes: the data themselves stay where they are
    write_edition(root, target, treat, page, {"data/local/used.txt": used.encode("utf-8")})


def findings(notebook: dict) -> list[str]:
    """List what would be wrong in the local edition of a notebook, one sentence a cell."""
    if not papers_of(notebook["cells"]):
        return []
    kept = [cell for cell in notebook["cells"] if not is_twin_only(cell)]
    gone = [cell for cell in notebook["cells"] if is_twin_only(cell)]
    figures = {name for cell in gone if (name := _figure(cell))}
    found = []
    for cell in kept:
        place, text = f"cell {cell.get('id', '?')}", "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            if word := TWIN_WORDS.search(text):
                found.append(f"{place} says {word[0]!r} and is not tagged {TAG}")
            missing = sorted(name for name in figures if name in text)
            found += [f"{place} refers to {name}, which stands in a cell tagged {TAG}" for name in missing]
    only = _names(gone, _stored) - _names(kept, _stored)
    for cell in kept:
        needed = sorted(_names([cell], _read) & only)
        found += [f"cell {cell.get('id', '?')} uses {name}, which only cells tagged {TAG} define" for name in needed]
    marks = [re.findall(r"\{(exercise|solution)-(start|end)\}", "".join(cell["source"])) for cell in kept]
    opened = [what for cell in marks for what in cell]
    for kind in ("exercise", "solution"):
        if opened.count((kind, "start")) != opened.count((kind, "end")):
            found.append(f"cells tagged {TAG} tear one {kind} apart")
    return found


def _figure(cell: dict) -> str:
    return cell.get("metadata", {}).get("mystnb", {}).get("figure", {}).get("name", "")


def _names(cells: Iterable[dict], pick: Callable[[ast.AST], set[str]]) -> set[str]:
    trees = [ast.parse("".join(cell["source"])) for cell in cells if cell["cell_type"] == "code"]
    return {name for tree in trees for node in ast.walk(tree) for name in pick(node)}


def _stored(node: ast.AST) -> set[str]:
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        return {node.id}
    if isinstance(node, ast.arg):  # of a function or a lambda
        return {node.arg}
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return {node.name}
    if isinstance(node, ast.Import | ast.ImportFrom):
        return {(alias.asname or alias.name).split(".")[0] for alias in node.names}
    return set()


def _read(node: ast.AST) -> set[str]:
    return {node.id} if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) else set()
