"""A reader in Binder: the lock installs, the first chapter opens and runs, directives render, answers stay folded.

Installs more than a gigabyte, so it runs with CI=true only.
"""

import os
import re
import sys
from collections.abc import Iterator

import pytest
from lab_session import ROOT, Session, Shown, install_as_binder, lab, launch, run_first_chapter
from playwright.sync_api import Playwright

FIRST = "chapters/01_policy/01_rollout.ipynb"
MEGABYTES = 1000
in_ci = pytest.mark.skipif(
    os.environ.get("CI") != "true",
    reason="installs the whole lock (about 1 GB) into an empty environment; runs in CI (CI=true)",
)
pytestmark = pytest.mark.binder


def leaks(cell: Shown) -> list[str]:
    """Return what a reader sees of a solution that should be folded: its code, its words, its verdict."""
    seen = re.sub(r"\s+", " ", cell.text)
    lines = [re.sub(r"\s+", " ", line).strip() for line in cell.source.splitlines()]
    words = [line for line in lines if len(line) > 3 and not re.match(r"[`:]+(?:\{|class)|[`:]+$", line)]
    found = [line for line in words if line[:25] in seen]
    return found + [word for word in ("Right.", "Not yet.") if word in seen]


def raw_directives(cell: Shown) -> list[str]:
    """Return directives and roles that stand in the text as they were typed."""
    return re.findall(r"[`:]{3,}\{[\w-]+\}|\{(?:term|numref|cite[:\w]*|ref|doc|eq)\}", cell.text)


@pytest.fixture(scope="module")
def session(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """Install, start, run and look, once for all tests of this file."""
    wanted = (ROOT / ".binder" / "runtime.txt").read_text(encoding="utf-8").strip().removeprefix("python-")
    if f"{sys.version_info.major}.{sys.version_info.minor}" != wanted:
        pytest.fail(f"Binder runs Python {wanted}; this is {sys.version.split()[0]}", pytrace=False)
    folder = tmp_path_factory.mktemp("binder")
    browser = launch(playwright)
    if browser is None:
        pytest.fail("no Chromium or Chrome on this machine", pytrace=False)
    book = install_as_binder(folder)
    with lab(folder, book) as server:
        yield run_first_chapter(browser, server)
    browser.close()


@in_ci
def test_the_first_chapter_opens_and_nobody_asks_a_question(session: Session) -> None:
    assert session.path == FIRST
    assert session.questions == []


@in_ci
def test_every_cell_ran_and_none_failed(session: Session) -> None:
    code = [cell for cell in session.notebook["cells"] if cell["cell_type"] == "code"]
    assert len(code) > 20
    assert [cell["id"] for cell in code if cell["execution_count"] is None] == []
    outputs = [(cell["id"], out) for cell in code for out in cell["outputs"]]
    assert [(name, out["ename"]) for name, out in outputs if out["output_type"] == "error"] == []
    assert [(name, out["text"]) for name, out in outputs if out.get("name") == "stderr"] == []
    assert [cell.source[:60] for cell in session.cells if cell.broken] == []


@in_ci
def test_figures_and_tables_are_there(session: Session) -> None:
    for cell in session.cells:
        if cell.kind == "code" and "solution" not in cell.tags:
            assert cell.pictures == len(re.findall(r"figures\.show\(", cell.source)), cell.source
            assert cell.tables >= bool(re.search(r"tables\.(?:show|passport|printed_and_ours)\(", cell.source)), (
                cell.source
            )
    assert sum(cell.pictures for cell in session.cells) >= 3
    assert sum(cell.tables for cell in session.cells) >= 3


@in_ci
def test_directives_are_rendered(session: Session) -> None:
    markdown = [cell for cell in session.cells if cell.kind == "markdown"]
    assert [(cell.source[:60], raw) for cell in markdown if (raw := raw_directives(cell))] == []
    for cell in markdown:
        dropdowns = re.findall(r"^[`:]{3,}\{dropdown\} *(.+)$", cell.source, re.M)
        assert cell.folded >= len(dropdowns), cell.source
        for title in dropdowns:
            assert re.split(r"[`$*{]", title)[0].strip()[:20] in cell.text.replace("’", "'"), title
    assert sum("Exercise" in cell.text for cell in markdown if "{exercise-start}" in cell.source) >= 5


@in_ci
def test_answers_stay_folded_after_all_cells_ran(session: Session) -> None:
    solutions = [cell for cell in session.cells if "solution" in cell.tags]
    code = [cell for cell in solutions if cell.kind == "code"]
    assert len(code) >= 3
    assert [cell.source for cell in code if not cell.folded] == []
    assert [cell.source for cell in solutions if "{dropdown}" in cell.source and "In words" not in cell.text] == []
    assert [(cell.source[:60], leak) for cell in solutions if (leak := leaks(cell))] == []


@in_ci
def test_an_answer_opens_with_a_click(session: Session) -> None:
    first = next(cell for cell in session.cells if cell.kind == "code" and "solution" in cell.tags)
    assert first.source.splitlines()[-1] in session.opened
    assert "Right." in session.opened


@in_ci
def test_quiz_answers_stay_folded(session: Session) -> None:
    quiz = [cell for cell in session.cells if "answer right" in cell.source]
    assert len(quiz) >= 1
    for cell in quiz:
        for right in re.findall(r"^:class-container: answer (?:right|wrong)\n(.+)$", cell.source, re.M):
            assert re.split(r"[`$*{]", right)[0].strip()[:40] not in cell.text.replace("’", "'")


@in_ci
def test_server_and_kernel_keep_within_a_gigabyte(session: Session) -> None:
    assert 50 < session.megabytes < MEGABYTES


@in_ci
def test_a_page_opens_as_a_page(session: Session) -> None:
    assert "Notation" in session.page.splitlines()[0]
    assert "```{" not in session.page


@in_ci
def test_no_request_left_the_machine(session: Session) -> None:
    assert session.outside == []


# --- the checks themselves, on any machine ----------------------------------------------------------------------------


def shown(**facts: object) -> Shown:
    cell = {"kind": "code", "tags": ["solution"], "source": "", "text": "", "pictures": 0, "tables": 0, "folded": 0}
    return Shown(**{**cell, "broken": 0, **facts})


@pytest.mark.parametrize(
    ("source", "text", "count"),
    [
        ("answer = 3 + 4\ncheck.ex_01(answer)", "Folded: click to open", 0),
        ("answer = 3 + 4\ncheck.ex_01(answer)", "answer = 3 + 4", 1),
        ("answer = 3 + 4\ncheck.ex_01(answer)", "[3]:\nRight. Seven it is.", 1),
        ("````{dropdown} In words\n:class-container: in-words\n\nSeven it is.\n````", "In words", 0),
        ("````{dropdown} In words\n:class-container: in-words\n\nSeven it is.\n````", "In words\n\nSeven it is.", 1),
    ],
)
def test_a_leaking_solution_is_noticed(source: str, text: str, count: int) -> None:
    assert len(leaks(shown(source=source, text=text))) == count


@pytest.mark.parametrize(
    ("text", "count"),
    [("A. Yes", 0), ("```{dropdown} A. Yes", 1), ("see {term}`adcode` and {numref}`fig-a`", 2), (":::{note}", 1)],
)
def test_a_raw_directive_is_noticed(text: str, count: int) -> None:
    assert len(raw_directives(shown(kind="markdown", text=text))) == count
