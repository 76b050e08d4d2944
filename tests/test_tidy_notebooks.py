"""The notebook tool: what it mends, what it leaves alone, and what it does when a notebook stops."""

import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

import tidy_notebooks
from house import sample


def worn() -> NotebookNode:
    """Return the sample as an editor leaves it: run, with its own metadata, solutions unfolded."""
    notebook = sample.executed()
    for number, cell in enumerate(notebook.cells):
        cell.metadata.pop("jupyter", None)
        cell.metadata["tags"] = [tag for tag in cell.metadata.get("tags", []) if tag != "solution"]
        cell.metadata["ExecuteTime"] = {"end": "now"}
        if cell.cell_type == "code":
            cell.execution_count = number
    notebook.cells[4].id = notebook.cells[3].id
    notebook.metadata["toc"] = {}
    notebook.metadata.language_info = {"name": "python", "version": "3.11.7"}
    return notebook


def test_tidying_brings_a_worn_notebook_into_form() -> None:
    notebook = worn()
    assert tidy_notebooks.findings(notebook)
    tidy = tidy_notebooks.tidied(notebook)
    assert tidy_notebooks.findings(tidy) == []
    assert [cell.source for cell in tidy.cells] == [cell.source for cell in notebook.cells]
    assert [cell.id for cell in tidy.cells[5:]] == [cell.id for cell in notebook.cells[5:]]
    assert tidy.metadata.book == notebook.metadata.book


def test_tidying_twice_changes_nothing_more() -> None:
    once = tidy_notebooks.tidied(worn())
    assert tidy_notebooks.as_text(tidy_notebooks.tidied(once)) == tidy_notebooks.as_text(once)


def test_only_outputs_that_are_compared_stay() -> None:
    tidy = tidy_notebooks.tidied(worn())
    kept = [cell for cell in tidy.cells if cell.cell_type == "code" and cell.outputs]
    assert [cell.source.split("\n")[0] for cell in kept] == [tidy_notebooks.CHECKED]


def test_pieces_of_a_stream_are_joined() -> None:
    pieces = [new_output("stream", name="stdout", text=text) for text in ("a\n", "b\n")]
    notebook = new_notebook(cells=[new_code_cell(f"{tidy_notebooks.CHECKED}\nprint()", outputs=pieces)])
    (output,) = tidy_notebooks.tidied(notebook).cells[0].outputs
    assert output.text == "a\nb\n"


def test_the_text_of_a_solution_goes_into_a_dropdown_and_marks_stay_bare() -> None:
    start, end = "```{solution-start} ex-a-1\n:class: dropdown\n```", "```{solution-end}\n```"
    text = "It is B.\n\n````{note}\n```python\nx\n```\n````"
    cells = [new_markdown_cell(source) for source in (start, text, end, "Text.")]
    tidy = tidy_notebooks.tidied(new_notebook(cells=cells))
    assert [cell.source for cell in tidy.cells] == [
        start,
        f"`````{{dropdown}} In words\n:class-container: in-words\n\n{text}\n`````",
        end,
        "Text.",
    ]
    assert [cell.metadata.get("tags") for cell in tidy.cells] == [["solution"]] * 3 + [None]
    assert tidy_notebooks.tidied(tidy).cells[1].source == tidy.cells[1].source
    assert tidy_notebooks.findings(tidy) == []


@pytest.mark.parametrize(
    "shown",
    [
        "It is B.",
        "Before.\n\n```{dropdown} In words\nIt is B.\n```",
        "```{dropdown} In words\nIt is\n```\n\nB.",
        "```{dropdown} In words\n:open:\nIt is B.\n```",
    ],
)
def test_a_solution_that_jupyterlab_would_show_is_found(shown: str) -> None:
    cells = [new_markdown_cell(text) for text in ("```{solution-start} ex-a-1\n```", shown, "```{solution-end}\n```")]
    places = [place for place, sentence in tidy_notebooks.findings(new_notebook(cells=cells)) if "dropdown" in sentence]
    assert len(places) == 1
    assert places[0].startswith("cell 2")


def test_text_beside_a_mark_is_found_and_left_to_its_author() -> None:
    cells = [
        new_markdown_cell("```{solution-start} ex-a-1\n```\nIt is B."),
        new_markdown_cell("```{solution-end}\n```"),
    ]
    tidy = tidy_notebooks.tidied(new_notebook(cells=cells))
    assert tidy.cells[0].source == cells[0].source
    assert any("without a mark" in sentence for _, sentence in tidy_notebooks.findings(tidy))


def test_text_is_written_with_chinese_and_a_newline_at_the_end() -> None:
    text = tidy_notebooks.as_text(tidy_notebooks.tidied(new_notebook(cells=[new_markdown_cell("碳排放")])))
    assert "碳排放" in text
    assert text.endswith("}\n")
    assert not text.endswith("\n\n")
    assert text.startswith('{\n "cells"')


def command(*words: object) -> subprocess.CompletedProcess:
    script = [sys.executable, tidy_notebooks.__file__, *map(str, words)]
    return subprocess.run(script, capture_output=True, text=True, check=False)


@pytest.fixture
def short(tmp_path: Path) -> Path:
    """Provide a notebook of three cells, untidy."""
    cells = [
        new_markdown_cell("# Short"),
        new_code_cell("from pathlib import Path\nx = Path.cwd().name\nx", execution_count=7),
        new_code_cell(f"{tidy_notebooks.CHECKED}\nprint(x)"),
    ]
    folder = tmp_path / "its own folder"
    folder.mkdir()
    path = folder / "short.ipynb"
    path.write_text(nbformat.writes(new_notebook(cells=cells)), encoding="utf-8")
    return path


def test_check_names_file_cell_rule_and_remedy_and_changes_nothing(short: Path) -> None:
    before = short.read_bytes()
    done = command("--check", short)
    assert done.returncode == 1
    assert "short.ipynb, cell 2 (" in done.stderr
    assert "an execution count; run: python scripts/tidy_notebooks.py" in done.stderr
    assert short.read_bytes() == before


def test_check_also_asks_for_the_common_form(short: Path) -> None:
    assert command(short).returncode == 0
    assert command("--check", short).returncode == 0
    short.write_text(short.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    done = command("--check", short)
    assert (done.returncode, "common form" in done.stderr) == (1, True)


def test_run_keeps_compared_outputs_and_tells_seconds_and_memory(short: Path) -> None:
    done = command("--run", short)
    assert done.returncode == 0, done.stderr
    assert "short.ipynb: " in done.stdout
    assert "budget 15 s, 700 MB" in done.stdout
    cells = tidy_notebooks.read(short).cells
    assert [len(cell.get("outputs", [])) for cell in cells] == [0, 0, 1]
    assert cells[2].outputs[0].text == "its own folder\n"
    assert command("--check", short).returncode == 0


def test_a_notebook_that_stops_is_left_alone(short: Path) -> None:
    short.write_text(short.read_text(encoding="utf-8").replace("print(x)", "print(no_such_name)"), encoding="utf-8")
    before = short.read_bytes()
    done = command("--run", short)
    assert done.returncode == 1
    assert "NameError" in done.stdout + done.stderr
    assert "\x1b[" not in done.stdout
    assert short.read_bytes() == before


def test_a_notebook_that_is_not_there_is_named(tmp_path: Path) -> None:
    done = command("--check", tmp_path / "none.ipynb")
    assert done.returncode == 2
    assert "none.ipynb is not there" in done.stderr
