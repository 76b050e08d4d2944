"""Every chapter and page keeps the house rules of CONTRIBUTING.md; every rule is seen to fail on a broken chapter."""

import functools
import re
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

import tidy_notebooks
from helpers.exercises import Mistake, grade
from house import executed_rules, exercise_rules, form_rules, prose_rules, sample
from house.model import Book, Chapter, prose

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = sorted(p for p in (ROOT / "chapters").rglob("*.ipynb") if ".ipynb_checkpoints" not in p.parts)
PAGES = [ROOT / "index.md", *sorted((ROOT / "chapters").rglob("*.md"))]
SOURCE_RULES = (*form_rules.RULES, *prose_rules.RULES, *exercise_rules.RULES)


def name_of(value: object) -> str:
    return value.relative_to(ROOT).as_posix() if isinstance(value, Path) else getattr(value, "__name__", str(value))


@functools.cache
def book() -> Book:
    return Book.read(ROOT)


@functools.cache
def written(path: Path) -> Chapter:
    return Chapter(name_of(path), tidy_notebooks.read(path), book())


@functools.cache
def run(path: Path) -> tuple[Chapter, float]:
    """Run each notebook once for all tests of this file; return it with its peak memory in megabytes."""
    notebook, _, megabytes = tidy_notebooks.run(path)
    return Chapter(name_of(path), notebook, book()), megabytes


def no_findings(found: list[str], where: str) -> None:
    assert not found, f"{where}\n  " + "\n  ".join(found)


# --- the book ---------------------------------------------------------------------------------------------------------


def test_there_are_chapters_and_pages() -> None:
    assert NOTEBOOKS
    assert len(PAGES) > 5
    assert len(book().terms) > 50
    assert len(book().keys) > 5


@pytest.mark.parametrize("rule", SOURCE_RULES, ids=name_of)
@pytest.mark.parametrize("path", NOTEBOOKS, ids=name_of)
def test_chapter_as_written(path: Path, rule: Callable[[Chapter], list[str]]) -> None:
    no_findings(rule(written(path)), f"{name_of(path)}: {rule.__doc__}")


@pytest.mark.parametrize("rule", executed_rules.RULES, ids=name_of)
@pytest.mark.parametrize("path", NOTEBOOKS, ids=name_of)
def test_chapter_as_run(path: Path, rule: Callable[[Chapter], list[str]]) -> None:
    no_findings(rule(run(path)[0]), f"{name_of(path)}: {rule.__doc__}")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name_of)
def test_chapter_keeps_within_its_memory(path: Path) -> None:
    megabytes = run(path)[1]
    if megabytes != megabytes:
        pytest.skip("this system does not tell the peak memory of a process")
    assert megabytes <= tidy_notebooks.MEGABYTES


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name_of)
def test_chapter_is_in_the_common_form(path: Path) -> None:
    no_findings(tidy_notebooks.check(path), name_of(path))


def test_figure_names_are_unique_in_the_book() -> None:
    names = [name for path in NOTEBOOKS for name in form_rules.figure_names(written(path))]
    assert len(names) == len(set(names)), sorted({name for name in names if names.count(name) > 1})


def test_exercise_labels_are_unique_in_the_book() -> None:
    text = "\n".join(cell.source for path in NOTEBOOKS for cell in written(path).cells)
    labels = re.findall(r"^:label:\s*(\S+)", text, re.M)
    assert len(labels) == len(set(labels)), sorted({label for label in labels if labels.count(label) > 1})


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_page_refers_to_what_exists(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    no_findings(prose_rules.unknown_references(text, book()), name_of(path))
    assert not executed_rules.ABSOLUTE.search(prose(text)), "a path of this machine"


# --- each rule can fail -----------------------------------------------------------------------------------------------


def find(notebook: NotebookNode, text: str) -> NotebookNode:
    return next(cell for cell in notebook.cells if text in cell.source)


def replaced(old: str, new: str) -> Callable[[NotebookNode], None]:
    def breaks(notebook: NotebookNode) -> None:
        cell = find(notebook, old)
        cell.source = cell.source.replace(old, new, 1)

    return breaks


def appended(code: str) -> Callable[[NotebookNode], None]:
    return lambda notebook: notebook.cells.insert(2, new_code_cell(code, id="added"))


def said(text: str) -> Callable[[NotebookNode], None]:
    return lambda notebook: notebook.cells.insert(2, new_markdown_cell(text, id="added"))


def data(key: str, value: object) -> Callable[[NotebookNode], None]:
    return lambda notebook: notebook.metadata["book"].update({key: value})


def metadata(text: str, /, **changes: object) -> Callable[[NotebookNode], None]:
    return lambda notebook: find(notebook, text).metadata.update(changes)


def printed(text: str, /, **output: object) -> Callable[[NotebookNode], None]:
    return lambda notebook: find(notebook, text).outputs.append(new_output(**output))


def without(text: str) -> Callable[[NotebookNode], None]:
    return lambda notebook: notebook.cells.remove(find(notebook, text))


def result(text: str, said: str) -> Callable[[NotebookNode], None]:
    def breaks(notebook: NotebookNode) -> None:
        find(notebook, text).outputs[0].data = {"text/plain": said}

    return breaks


def long_cells(notebook: NotebookNode) -> None:
    for number in range(20):
        notebook.cells.append(new_code_cell("\n".join(["x = 1"] * 6), id=f"long-{number}"))


def long_tenth(notebook: NotebookNode) -> None:
    for number in range(2):
        notebook.cells.append(new_code_cell("\n".join(["x = 1"] * 16), id=f"long-{number}"))


def described(alt: str) -> Callable[[NotebookNode], None]:
    return lambda notebook: find(notebook, "figures.show").outputs[0].metadata["image/svg+xml"].update(alt=alt)


def doubled_id(notebook: NotebookNode) -> None:
    notebook.cells[3].id = notebook.cells[2].id


FIGURE = "figures.show(figure"
CASES = [
    (form_rules.parts, lambda nb: nb.metadata.pop("book"), "no key 'book'"),
    (form_rules.parts, data("items", [*sample.ITEMS, "songs"]), "unknown item 'songs'"),
    (form_rules.parts, data("items", [*sample.ITEMS, "claim"]), "'## The claim' stands 0 times"),
    (form_rules.parts, data("items", sample.ITEMS[1:]), "lack 'objectives'"),
    (form_rules.parts, data("items", [*sample.ITEMS, "printed"]), "calls tables.printed_and_ours"),
    (form_rules.parts, data("kind", "true"), "kind is 'true'"),
    (form_rules.parts, replaced("## Check yourself", "## Quiz"), "'## Check yourself' stands 0 times"),
    (form_rules.parts, said("## The claim"), "'claim' is not listed"),
    (
        form_rules.parts,
        said("```python\n## The claim\n```\n\n## Further reading"),
        "'## Further reading' stands 2 times",
    ),
    (form_rules.parts, replaced("tables.passport([", "list(["), "calls tables.passport"),
    (form_rules.parts, replaced("# A sample", "A sample"), "first cell"),
    (form_rules.objectives, replaced("- Compute a mean.\n", ""), "2 objectives"),
    (form_rules.objectives, replaced("- Compute a mean.", "- Understand means."), "verb"),
    (form_rules.objectives, replaced("30 minutes to read", "some minutes to read"), "**Time:**"),
    (form_rules.objectives, data("minutes", {"read": 31, "work": 60}), "the text says 30"),
    (form_rules.labels, replaced('kind="real", alt', "alt"), "figures.show without kind="),
    (form_rules.labels, appended("tables.show(frame, caption='x')"), "tables.show without kind="),
    (form_rules.figures, appended("plt.show()"), "plt.show"),
    (form_rules.figures, metadata(FIGURE, mystnb={}), "needs a caption and a name"),
    (form_rules.figures, metadata(FIGURE, mystnb={"figure": {"caption": "x", "name": "bars"}}), "starts with fig-"),
    (form_rules.figures, metadata("tables.passport", mystnb={"figure": {"name": "fig-x"}}), "without figures.show"),
    (form_rules.figures, replaced("{numref}`fig-sample-bars`", "The picture"), "no sentence refers"),
    (form_rules.figures, replaced(FIGURE, "figures.show(a, kind='real', alt=b)\nfigures.show(figure"), "2 figures"),
    (form_rules.figures, replaced('alt=f"', 'alt="'), "plain text"),
    (
        form_rules.figures,
        replaced(
            'alt=f"Two bars; the second is higher, {high} against 2, in the only year drawn."',
            'alt=f"Bars of the year.{high}"',
        ),
        "repeats the caption",
    ),
    (form_rules.cell_lengths, appended("\n".join(["x = 1"] * 26)), "25 is the most"),
    (form_rules.cell_lengths, long_cells, "median"),
    (form_rules.cell_lengths, long_tenth, "one cell in ten"),
    (form_rules.forbidden_code, appended("!pip install x"), "shell"),
    (form_rules.forbidden_code, appended("%pip install x"), "magic"),
    (form_rules.forbidden_code, appended("from pathlib import Path"), "import of pathlib"),
    (form_rules.forbidden_code, appended("frame = pd.read_csv(name)"), "pd.read_csv"),
    (form_rules.forbidden_code, appended("text = open(name)"), "open"),
    (form_rules.forbidden_code, appended("name = '../data/zones.csv'"), "a path"),
    (form_rules.forbidden_code, appended("name = 'zones.csv'"), "a path"),
    (form_rules.forbidden_code, appended("name = 'https://example.org/zones'"), "an address"),
    (form_rules.forbidden_code, appended("warnings.filterwarnings('ignore')"), "silences"),
    (
        form_rules.forbidden_code,
        appended("with warnings.catch_warnings(record=True):\n    x = 1"),
        "caught and not shown",
    ),
    (prose_rules.references, said("See {term}`carbon intensities`."), "not in the glossary"),
    (prose_rules.references, said("See {term}`these <no such term>`."), "'no such term'"),
    (prose_rules.references, said("See {cite:p}`smith2020, jones1999`."), "'jones1999'"),
    (prose_rules.numbers, said("The effect is -0.182 here."), "-0.182"),
    (prose_rules.numbers, said("- Table 2 has 0.10.\n- The effect is 1,234.56 here."), "1,234.56"),
    (prose_rules.numbers, said("```{dropdown} It is 0.77\nYes.\n```"), "0.77"),
    (prose_rules.abbreviations, said("The TWFE estimate."), "TWFE"),
    (prose_rules.abbreviations, said("Errors are i.i.d. in the text."), "i.i.d."),
    (prose_rules.quiz, replaced("**3. Which one?**", "Which one?"), "2 questions"),
    (prose_rules.quiz, replaced("answer right", "answer wrong"), "0 right answers"),
    (prose_rules.quiz, replaced("answer wrong", "answer right"), "2 right answers"),
    (prose_rules.quiz, replaced(":class-container: answer wrong\n", ""), "without ':class-container"),
    (prose_rules.quiz, replaced("the first reason", "the second reason"), "share an explanation"),
    (prose_rules.quiz, replaced("Right. It is the 1 that counts here.", "Right."), "says nothing"),
    (prose_rules.quiz, replaced("{dropdown} C.", "{note} C."), "2 answers"),
    (prose_rules.quiz, replaced("{dropdown} C.", "{dropdown} D."), "lettered"),
    (prose_rules.summary, metadata("本章有", tags=[]), "hide-input"),
    (prose_rules.summary, replaced("{count}", "3"), "no computed result"),
    (prose_rules.summary, replaced("**Terms 术语:**", "**Terms:**"), "Terms 术语"),
    (exercise_rules.form, replaced("*(project)*", "*(practice)*"), "marked *(project)*"),
    (exercise_rules.form, replaced("*(practice)*", ""), "names no tier"),
    (exercise_rules.form, replaced("exercise-start", "note"), "4 exercises"),
    (exercise_rules.form, replaced("solution-start} ex-sample-2", "solution-start} ex-sample-9"), "'ex-sample-9'"),
    (exercise_rules.form, without("solution-end"), "before the last one ended"),
    (exercise_rules.form, replaced("answer = ...", "answer = 0"), "starter"),
    (exercise_rules.form, replaced("answer = 1\ncheck.ex_01(answer)", "answer = 1"), "does not end in check.ex_01"),
    (exercise_rules.form, lambda nb: find(nb, "A good answer").update(source="Yes."), "no solution in words"),
    (exercise_rules.folded, metadata("answer = 1", jupyter={}), "JupyterLab shows"),
    (exercise_rules.folded, replaced("````{dropdown} In words\n", "````{note}\n"), "text of a solution"),
    (exercise_rules.folded, metadata("answer = 1", tags=[]), "without the tag"),
    (exercise_rules.folded, metadata("tables.passport", tags=["solution"]), "outside"),
    (exercise_rules.folded, metadata("tables.passport", ExecuteTime={}), "volatile"),
    (exercise_rules.folded, printed("tables.passport", output_type="stream", text="x"), "an output in a cell"),
    (exercise_rules.folded, doubled_id, "stands on an earlier cell"),
    (exercise_rules.folded, lambda nb: find(nb, "passport").update(id=""), "no valid id"),
    (exercise_rules.folded, lambda nb: find(nb, "tables.passport").update(execution_count=3), "execution count"),
    (exercise_rules.folded, lambda nb: nb.metadata.kernelspec.update(name="py39"), "kernelspec"),
    (exercise_rules.folded, lambda nb: nb.metadata.language_info.update(version="3.11.7"), "language_info"),
    (exercise_rules.checks, replaced("import sample as check", "import sample"), "no line 'from helpers.checks"),
    (executed_rules.clean_outputs, printed("NBVAL", output_type="stream", name="stderr", text="x"), "error stream"),
    (executed_rules.clean_outputs, printed("NBVAL", output_type="stream", text="UserWarning: x"), "a warning"),
    (
        executed_rules.clean_outputs,
        printed("NBVAL", output_type="stream", text=f"{ROOT}/data"),
        "a path of this machine",
    ),
    (executed_rules.clean_outputs, printed("NBVAL", output_type="error", ename="KeyError"), "an error, KeyError"),
    (
        executed_rules.clean_outputs,
        printed("NBVAL", output_type="display_data", data={"text/html": '<table class="dataframe">'}),
        "bare frame",
    ),
    (
        executed_rules.clean_outputs,
        printed("NBVAL", output_type="display_data", data={"text/plain": "<matplotlib.lines.Line2D at 0x7f00>"}),
        "address",
    ),
    (executed_rules.described_figures, described("Two bars; the second is higher."), "without a number"),
    (executed_rules.described_figures, described("A picture of 3 bars in a year of trade."), "without a direction"),
    (executed_rules.described_figures, described("Bars of the year."), "repeats the caption"),
    (executed_rules.described_figures, described("Two bars rising from nan to 3 in a year."), "missing value"),
    (executed_rules.described_figures, printed(FIGURE, output_type="stream", text="x"), "2 outputs"),
    (
        executed_rules.described_figures,
        printed("passport([", output_type="display_data", data={"image/png": "x"}),
        "did not pass",
    ),
    (executed_rules.solutions, result("answer = 2", "Not yet. No."), "the solution gives 'Not yet. No.'"),
    (executed_rules.solutions, result("answer = ...", "Right. Yes."), "the starter gives 'Right. Yes.'"),
    (executed_rules.summary_sentences, result("本章有", ""), "0 Chinese sentences"),
    (
        executed_rules.summary_sentences,
        lambda nb: find(nb, "本章有").outputs[0].update(data={"text/markdown": "这里没有数。" * 5}),
        "shows no number",
    ),
    (executed_rules.key_numbers, replaced("# NBVAL_CHECK_OUTPUT", "# key numbers"), "nothing of this chapter"),
    (executed_rules.key_numbers, lambda nb: find(nb, "NBVAL").update(outputs=[]), "prints nothing"),
]


@pytest.fixture(autouse=True)
def sample_checks(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Provide the checks that the sample chapter imports."""
    module = ModuleType("helpers.checks.sample")
    for number in (1, 2, 3):
        mistakes = [Mistake(number + step, f"You are {step} above.") for step in (1, 2)]
        setattr(module, f"mistakes_0{number}", lambda known=mistakes: known)
        setattr(
            module, f"ex_0{number}", lambda answer, right=number, known=mistakes: grade(answer, right, mistakes=known)
        )
    monkeypatch.setitem(sys.modules, "helpers.checks.sample", module)
    return module


@pytest.mark.parametrize("rule", (*SOURCE_RULES, *executed_rules.RULES), ids=name_of)
def test_the_sample_keeps_every_rule(rule: Callable[[Chapter], list[str]]) -> None:
    notebook = sample.executed() if rule in executed_rules.RULES else sample.source()
    assert rule(sample.chapter(notebook)) == []


@pytest.mark.parametrize(("rule", "breaks", "says"), CASES, ids=lambda value: name_of(value)[:40])
def test_the_rule_reports_a_broken_chapter(
    rule: Callable[[Chapter], list[str]], breaks: Callable[[NotebookNode], None], says: str
) -> None:
    notebook = sample.executed() if rule in executed_rules.RULES else sample.source()
    breaks(notebook)
    found = rule(sample.chapter(notebook))
    assert any(says in line for line in found), found


def test_every_rule_is_seen_to_fail() -> None:
    assert {case[0] for case in CASES} == {*SOURCE_RULES, *executed_rules.RULES}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"ex_01": lambda answer: grade(0 if answer is ... else answer, 1)}, "the untouched starter is not rejected"),
        ({"mistakes_01": lambda: [Mistake(2, "One above.")]}, "at least two"),
        ({"mistakes_01": lambda: [Mistake(2, "Wrong."), Mistake(3, "Wrong.")]}, "share a message"),
        ({"mistakes_01": lambda: [Mistake(2, "Two."), Mistake(7, "Seven.")]}, "is met with"),
        ({"ex_01": lambda answer: grade(... if answer is ... else answer + 1, 2)}, "stops it with"),
        ({"mistakes_01": None}, "lacks ex_01 or mistakes_01"),
    ],
)
def test_a_check_that_does_not_check_is_reported(sample_checks: ModuleType, change: dict, says: str) -> None:
    for name, value in change.items():
        setattr(sample_checks, name, value)
    found = exercise_rules.checks(sample.chapter(sample.source()))
    assert any(says in line for line in found), found


@pytest.mark.parametrize(
    "text",
    [
        "In $x = 0.182$ and `0.182` and [this](notes-0.182.md), numbers are not results.",
        "Section 2.3.2 of Python 3.11, on 2020-12-24, 10.1016/j.x.2025.12.34, 12.5 percent, 302 cities.",
        "Table 4 prints 0.182.\n\nThe same 0.182 comes back here, and 1.96 with it.",
        "表 2 的均值为 0.08。",
        "```python\nx = 0.182\n```",
        "```{math}\n0.182\n```",
    ],
)
def test_numbers_that_may_stand_in_prose(text: str) -> None:
    assert prose_rules.typed_numbers(text, set()) == []
