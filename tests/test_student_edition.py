"""The student edition holds no trace of a solution, says so when it cannot, and is the same when made twice."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tidy_notebooks
from house import sample
from student_edition import (
    COPIED,
    FOLDERS,
    UnclosedSolutionError,
    page_without_solutions,
    without_solutions,
    write_student_edition,
)

ROOT = Path(__file__).resolve().parent.parent
START, END = "```{solution-start} ex-a-1\n:class: dropdown\n```", "```{solution-end}\n```"


def cell(text: str, kind: str = "markdown", tags: tuple[str, ...] = ()) -> dict:
    return {"cell_type": kind, "source": text.splitlines(keepends=True), "metadata": {"tags": list(tags)}}


def texts(cells: list[dict]) -> list[str]:
    return ["".join(item["source"]) for item in cells]


def test_everything_between_the_marks_goes_and_the_rest_stays() -> None:
    cells = [cell("before"), cell(START), cell("secret = 1", "code"), cell("secret"), cell(END), cell("after")]
    assert texts(without_solutions(cells, "x")) == ["before", "after"]


def test_colon_fences_and_whole_solutions_go_too() -> None:
    whole = "Before.\n\n````{solution} ex-a-1\nsecret\n```python\nsecret\n```\n````\n\nAfter."
    cells = [cell(":::{solution-start} ex-a-1\n:::\nsecret"), cell(":::{solution-end}\n:::"), cell(whole)]
    (kept,) = texts(without_solutions(cells, "x"))
    assert re.sub(r"\n+", " ", kept) == "Before. After."


def test_a_tagged_cell_goes_wherever_it_stands() -> None:
    assert texts(without_solutions([cell("a"), cell("secret", "code", ("solution",))], "x")) == ["a"]


@pytest.mark.parametrize(
    "cells",
    [
        [START, "secret"],
        ["secret", END],
        [START, START, END],
        [START, END, END],
        [START, "secret", END, START],
    ],
)
def test_a_solution_that_is_not_closed_stops_the_edition(cells: list[str]) -> None:
    with pytest.raises(UnclosedSolutionError, match=r"chapter\.ipynb"):
        without_solutions([cell(text) for text in cells], "chapter.ipynb")
    with pytest.raises(UnclosedSolutionError, match=r"page\.md"):
        page_without_solutions("\n\n".join(cells), "page.md")


def test_a_page_loses_its_solutions_and_nothing_else() -> None:
    text = f"One.\n\n{START}\nsecret\n{END}\nTwo.\n"
    kept = page_without_solutions(text, "x")
    assert kept.startswith("One.\n\n")
    assert kept.endswith("Two.\n")
    assert "secret" not in kept


@settings(deadline=None)
@given(st.lists(st.sampled_from(["text", "solution"]), max_size=8))
def test_whatever_the_order_no_solution_stays_and_no_text_goes(parts: list[str]) -> None:
    cells, wanted = [], []
    for number, part in enumerate(parts):
        if part == "text":
            wanted.append(f"text {number}")
            cells.append(cell(wanted[-1]))
        else:
            cells += [cell(START), cell(f"secret {number}", "code"), cell(END)]
    kept = without_solutions(cells, "x")
    assert texts(kept) == wanted
    assert texts(without_solutions(kept, "x")) == wanted


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """Provide a book of one chapter and one page."""
    root = tmp_path / "book"
    for folder in FOLDERS:
        (root / folder).mkdir(parents=True)
    for name in COPIED:
        (root / name).write_text("x\n", encoding="utf-8")
    text = tidy_notebooks.as_text(sample.source()).replace("A good answer says", "The secret is")
    (root / "chapters" / "a.ipynb").write_text(text, encoding="utf-8")
    (root / "chapters" / "b.md").write_text(f"Page 页.\n\n{START}\nsecret\n{END}\n", encoding="utf-8")
    (root / "helpers" / "__pycache__").mkdir()
    (root / "helpers" / "__pycache__" / "x.pyc").write_bytes(b"x")
    return root


def state(folder: Path) -> dict[str, tuple[bytes, int]]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns) for path in files}


def test_a_written_edition_holds_no_solution(book: Path, tmp_path: Path) -> None:
    target = tmp_path / "student"
    write_student_edition(book, target)
    written = state(target)
    assert not any(b"secret" in content or b"{solution" in content for content, _ in written.values())
    assert not any("pyc" in name for name in written)
    chapter = json.loads(written["chapters/a.ipynb"][0])
    labels = re.findall(r":label: (\S+)", "\n".join(texts(chapter["cells"])))
    assert labels == [f"ex-sample-{number}" for number in range(1, 6)]
    assert "页" in written["chapters/b.md"][0].decode("utf-8")


def test_writing_again_touches_nothing(book: Path, tmp_path: Path) -> None:
    target = tmp_path / "student"
    write_student_edition(book, target)
    before = state(target)
    write_student_edition(book, target)
    assert state(target) == before
    again = tmp_path / "student of student"
    write_student_edition(target, again)
    assert {name: content for name, (content, _) in state(again).items()} == {k: v for k, (v, _) in before.items()}


def test_what_left_the_book_leaves_the_edition(book: Path, tmp_path: Path) -> None:
    target = tmp_path / "student"
    write_student_edition(book, target)
    (book / "chapters" / "b.md").unlink()
    write_student_edition(book, target)
    assert not (target / "chapters" / "b.md").exists()
    assert (target / "chapters" / "a.ipynb").exists()


def test_an_unclosed_solution_names_its_page_and_leaves_no_half_copy(book: Path, tmp_path: Path) -> None:
    (book / "chapters" / "b.md").write_text(START + "\nsecret\n", encoding="utf-8")
    with pytest.raises(UnclosedSolutionError, match=r"chapters/b\.md"):
        write_student_edition(book, tmp_path / "student")
    assert not (tmp_path / "student" / "chapters" / "b.md").exists()


def test_the_books_own_edition_holds_nothing_of_a_solution(tmp_path: Path) -> None:
    target = tmp_path / "student"
    write_student_edition(ROOT, target)
    checked = 0
    for path in sorted((ROOT / "chapters").rglob("*.ipynb")):
        if ".ipynb_checkpoints" in path.parts:
            continue
        cells = tidy_notebooks.read(path).cells
        parts = tidy_notebooks.solution_parts(cells)
        copy = (target / path.relative_to(ROOT)).read_text(encoding="utf-8")
        kept = "\n".join("".join(item["source"]) for item in json.loads(copy)["cells"])
        assert "{solution" not in kept
        open_text = "\n".join(item.source for item, inside in zip(cells, parts, strict=True) if not inside)
        for item, inside in zip(cells, parts, strict=True):
            for line in item.source.splitlines() if inside else []:
                if len(line) > 30 and line not in open_text:
                    checked += 1
                    assert line not in kept, f"{path.name}: {line}"
    assert checked > 10


def test_every_file_that_a_page_includes_goes_along(tmp_path: Path) -> None:
    target = tmp_path / "student"
    write_student_edition(ROOT, target)
    for page in [*target.rglob("*.md")]:
        for name in re.findall(r"\{(?:literal)?include\}[ \t]*(\S+)", page.read_text(encoding="utf-8")):
            assert (page.parent / name).is_file(), f"{page.relative_to(target)} includes {name}"
