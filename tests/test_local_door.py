"""Proof of the local door: another draw of a twin, dropped in as a reader's own file, carries its paper's chapters.

The file is written in the local schema, the local edition is made in a temporary copy, and each chapter of the paper is
run there: every cell runs, nothing on the page says *simulated*, labels say *local*, cells with a truth are blank. The
chapter as it stands in git, with its cells about the twin, must run with the file as well (JupyterLab, nbval).
"""

import functools
import html
import importlib
import re
from pathlib import Path

import pandas as pd
import pytest
from nbformat import NotebookNode

import tidy_notebooks
from helpers import simulate, study_data, tables
from helpers.simulate.files import csv_bytes
from local_edition import TWIN_WORDS, papers_of, write_local_edition

ROOT = Path(__file__).resolve().parent.parent
CHAPTERS = {
    path: papers
    for path in sorted((ROOT / "chapters").rglob("*.ipynb"))
    if ".ipynb_checkpoints" not in path.parts and (papers := papers_of(tidy_notebooks.read(path).cells))
}
BADGE = re.compile(r'class="kind kind-(\w+)"')


@functools.cache
def another_draw(paper: str) -> bytes:
    """Write draw 1 of a twin in the local schema."""
    module = importlib.import_module(f"helpers.simulate.{paper}")
    return csv_bytes(module.draw("printed", draw=1).panel, module.DIGITS)


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("own")
    for paper in simulate.TWINS:
        (folder / f"{paper}.csv").write_bytes(another_draw(paper))
    return folder


@pytest.fixture(scope="module")
def edition(own: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("edition")
    write_local_edition(ROOT, target, own.glob("*.csv"))
    return target


@pytest.fixture
def door(own: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(study_data.VARIABLE, str(own))
    return own


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_every_paper_has_a_chapter_on_its_panel():
    assert {paper for papers in CHAPTERS.values() for paper in papers} == set(simulate.TWINS)


@pytest.mark.parametrize("paper", simulate.TWINS)
def test_another_draw_is_a_valid_local_file_and_another_panel(door, monkeypatch, paper):
    local = study_data.load(paper)
    assert (local.kind, local.truth) == ("local", None)
    monkeypatch.setenv(study_data.VARIABLE, "none")
    twin = study_data.load(paper)
    assert twin.kind == "simulated"
    assert twin.truth is not None
    assert local.frame.columns.tolist() == twin.frame.columns.tolist()
    assert local.frame.dtypes.astype(str).to_dict() == twin.frame.dtypes.astype(str).to_dict()
    same = [name for name in ("adcode", "year", "treated") if name in twin.frame]
    assert local.frame[same].equals(twin.frame[same])
    assert not local.frame.equals(twin.frame)


def shown(notebook: NotebookNode) -> list[tuple[str, str]]:
    """Return everything that a reader of the page sees, as pairs of cell and text."""
    texts = []
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            texts.append((cell.id, cell.source))
            continue
        for output in cell.get("outputs", []):
            data = output.get("data", {"text/plain": output.get("text", "")})
            texts += [(cell.id, "".join(text)) for kind, text in data.items() if kind != "application/json"]
            texts += [(cell.id, str(facts)) for facts in output.get("metadata", {}).values()]
    return texts


def truths(text: str) -> list[str]:
    """Return the cells below a heading *truth* of the tables in an output."""
    found = []
    for table in re.findall(r"<table.*?</table>", text, re.S):
        head = [html.unescape(re.sub(r"<.*?>", "", cell)).lower() for cell in re.findall(r"<th.*?</th>", table, re.S)]
        places = [place for place, name in enumerate(head) if "truth" in name]
        for row in re.findall(r"<tr>(<td.*?)</tr>", table, re.S):
            cells = re.findall(r"<td[^>]*>(.*?)</td>", row, re.S)
            found += [cells[place] for place in places]
    return found


@pytest.mark.parametrize("path", CHAPTERS, ids=name_of)
def test_a_chapter_runs_on_local_data_and_says_so(door, edition, path):
    notebook, _, _ = tidy_notebooks.run(edition / path.relative_to(ROOT))
    page = shown(notebook)
    for cell, text in page:
        word = TWIN_WORDS.search(re.sub(r"<style.*?</style>|<path.*?>|base64,[\w+/=]+", "", text, flags=re.S))
        assert not word, f"{name_of(path)}, cell {cell} says {word and word[0]!r} although the data are local"
    kinds = [kind for _, text in page for kind in BADGE.findall(text)]
    assert "local" in kinds
    assert "simulated" not in kinds
    assert not any(truth.strip() for _, text in page for truth in truths(text))


@pytest.mark.parametrize("path", CHAPTERS, ids=name_of)
def test_a_chapter_with_its_cells_about_the_twin_runs_with_local_data_too(door, path):
    notebook, _, _ = tidy_notebooks.run(path)
    assert "local" in [kind for _, text in shown(notebook) for kind in BADGE.findall(text)]


def test_the_truth_column_is_found_and_a_word_about_the_twin_too():
    table = (
        "<table><tr><th>ours</th><th class='number'>truth</th></tr><tr><td>1</td><td class='x'>2.0</td></tr></table>"
    )
    assert truths(table) == ["2.0"]
    assert truths(table.replace("truth", "place")) == []
    frame = pd.DataFrame({"ours": [1.0], "truth": [float("nan")]})
    assert truths(tables.show(frame, kind="local", caption="A table", index=False).html) == [""]
    assert TWIN_WORDS.search("simulated data")
    assert not TWIN_WORDS.search("local data")
