"""The local edition says nothing of the twin; nbval compares no stored output of a notebook on a reader's own panel."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

import tidy_notebooks
from helpers import study_data
from local_edition import TAG, findings, for_local_data, papers_of, write_local_edition
from local_panels import local_csv, small_panel

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = sorted(p for p in (ROOT / "chapters").rglob("*.ipynb") if ".ipynb_checkpoints" not in p.parts)


def notebook(*cells: dict) -> dict:
    made = new_notebook(cells=list(cells), metadata={"book": {"kind": "simulated"}})
    return json.loads(json.dumps(made))


def code(text: str, twin: bool = False, **metadata: object) -> dict:
    return new_code_cell(text, metadata={**metadata, **({"tags": [TAG]} if twin else {})})


def words(text: str, twin: bool = False) -> dict:
    return new_markdown_cell(text, metadata={"tags": [TAG]} if twin else {})


LOAD = 'from helpers import study_data\nstudy = study_data.load("city_sulfur")'


def test_twin_only_cells_go_and_the_kind_turns():
    whole = notebook(words("# A chapter"), words("The twin.", True), code(LOAD), code("raw = 1", True))
    local = for_local_data(whole, ["city_sulfur"])
    assert ["".join(cell["source"]) for cell in local["cells"]] == ["# A chapter", LOAD]
    assert local["metadata"]["book"]["kind"] == "local"
    assert for_local_data(whole, ["city_carbon"]) == whole
    assert whole["metadata"]["book"]["kind"] == "simulated"
    assert papers_of(whole["cells"]) == {"city_sulfur"}


def test_imports_of_worlds_go_with_the_cells_that_use_them():
    first = (
        "from helpers import study_data\nfrom helpers.simulate import city_sulfur\nfrom helpers.simulate.x import (\n"
    )
    first += "    moments,\n)\nfrom helpers.simulate.y import used\nimport os"
    whole = notebook(code(first), code(LOAD), code("city_sulfur.draw()\nmoments", True), code("used"))
    source = "".join(for_local_data(whole, ["city_sulfur"])["cells"][0]["source"])
    assert source == "from helpers import study_data\nfrom helpers.simulate.y import used\nimport os"
    assert "city_sulfur" in "".join(whole["cells"][0]["source"])


@pytest.mark.parametrize(
    ("cells", "words_of_it"),
    [
        ([words("A simulated panel.")], "says 'simulated'"),
        ([words("What the twin shows.")], "says 'twin'"),
        ([words("这是模拟数据。")], "says '模拟'"),
        ([code("raw = 1", True), code("raw + 1")], "uses raw"),
        ([code("import os", True), code("os.name")], "uses os"),
        ([code("def f():\n    return 1", True), code("f()")], "uses f"),
        (
            [code("1", True, mystnb={"figure": {"name": "fig-raw"}}), words("See {numref}`fig-raw`.")],
            "refers to fig-raw",
        ),
        ([words("```{exercise-start} A\n```", True), words("```{exercise-end}\n```")], "tear one exercise apart"),
    ],
)
def test_what_would_go_wrong_is_found(cells, words_of_it):
    found = findings(notebook(code(LOAD), *cells))
    assert len(found) == 1
    assert words_of_it in found[0]
    assert findings(notebook(*cells)) == [], "a notebook without a panel of a paper has no local edition"


def test_a_chapter_in_order_has_no_findings():
    cells = [code("raw = study_data", True), words("The twin", True), words("Your panel."), code("raw = 2\nraw")]
    cells += [code("t = 1", True), code("list(map(lambda t: t, [1]))")]
    assert findings(notebook(code(LOAD), *cells)) == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_chapter_can_become_local(path):
    assert findings(tidy_notebooks.read(path)) == []


def test_no_private_file_enters_an_edition(tmp_path):
    own = tmp_path / "city_sulfur.csv"
    own.write_bytes(local_csv(small_panel("city_sulfur")))
    (tmp_path / "root" / "data" / "local").mkdir(parents=True)
    (tmp_path / "root" / "data" / "local" / "city_sulfur.csv").write_text("secret")
    (tmp_path / "root" / "data" / "local" / "README.md").write_text("Read me.")
    (tmp_path / "root" / "data" / "local" / "template_city_sulfur.csv").write_text("adcode,year\n")
    for name in ("_config.yml", "_toc.yml", "index.md", "requirements.txt", "CHANGELOG.md"):
        (tmp_path / "root" / name).write_text("")
    write_local_edition(tmp_path / "root", tmp_path / "edition", [own])
    there = {path.name for path in (tmp_path / "edition" / "data" / "local").iterdir()}
    assert there == {"README.md", "template_city_sulfur.csv", "used.txt"}
    before = (tmp_path / "edition" / "data" / "local" / "used.txt").read_text()
    own.write_bytes(local_csv(small_panel("city_sulfur", units=5)))
    write_local_edition(tmp_path / "root", tmp_path / "edition", [own])
    assert (tmp_path / "edition" / "data" / "local" / "used.txt").read_text() != before


def test_stored_outputs_are_not_compared_on_local_data(tmp_path):
    """Both notebooks print another text than they store: that passes on a local panel and fails without one."""
    for name, first in (("on_local_panel", LOAD), ("without_panel", "from types import SimpleNamespace as study")):
        cell = new_code_cell("# NBVAL_CHECK_OUTPUT\nprint(getattr(study, 'kind', 'none'))", execution_count=1)
        cell.outputs = [new_output("stream", name="stdout", text="stored\n")]
        text = tidy_notebooks.as_text(new_notebook(cells=[new_code_cell(first), cell]))
        (tmp_path / f"{name}.ipynb").write_text(text, encoding="utf-8")
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "city_sulfur.csv").write_bytes(local_csv(small_panel("city_sulfur")))
    command = [sys.executable, "-m", "pytest", "-q", "-p", "conftest", "--rootdir", str(tmp_path), str(tmp_path)]
    command += ["--nbval-lax", "--nbval-current-env", "-c", str(ROOT / "pyproject.toml")]
    environment = {**os.environ, study_data.VARIABLE: str(tmp_path / "own")}
    environment.pop(f"{study_data.VARIABLE}_GIVEN")
    done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=ROOT, check=False)
    assert re.search(r"^FAILED \S*without_panel\.ipynb::Cell 1\b", done.stdout, re.M), done.stdout + done.stderr
    assert "1 failed, 3 passed" in done.stdout, done.stdout
