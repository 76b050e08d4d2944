"""A small chapter that keeps every rule, as source and as run; the tests break it in one place at a time."""

import copy

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from house.model import Book, Chapter

BOOK = Book(frozenset({"carbon intensity"}), frozenset({"smith2020"}))
FOLD = {"tags": ["solution"], "jupyter": {"outputs_hidden": True, "source_hidden": True}}
ITEMS = ["objectives", "passport", "breaks", "quiz", "exercises", "summary", "reading"]
ALT = "Two bars; the second is higher, 3 against 2, in the only year drawn."
SENTENCES = "本章的第{i}句话说明了如何把一份印刷的名单变成处理面板并核对其数目。"


def _answer(letter: str, mark: str, text: str) -> str:
    return f"```{{dropdown}} {letter}. An answer\n:class-container: answer {mark}\n{text}\n```\n"


def _question(number: int) -> str:
    texts = [f"Not quite, for question {number} the {word} reason is another one." for word in ("first", "second")]
    answers = [_answer("A", "wrong", texts[0]), _answer("B", "right", f"Right. It is the {number} that counts here.")]
    return f"**{number}. Which one?**\n\n" + "\n".join([*answers, _answer("C", "wrong", texts[1])])


def _exercise(number: int, tier: str) -> list[NotebookNode]:
    call, label = f"check.ex_0{number}(answer)", f"ex-sample-{number}"
    computed = number < 4
    words = "A good answer says " + " ".join(["which", "and", "why"] * 8) + "."
    words = f"````{{dropdown}} In words\n{words}\n````"
    starter = new_code_cell(
        f"answer = ...\n{call}", outputs=[_result("Not yet. Replace the three dots with your answer.")]
    )
    solved = new_code_cell(f"answer = {number}\n{call}", outputs=[_result("Right. Yes.")], metadata=FOLD)
    marks = [
        new_markdown_cell(f"```{{exercise-start}} Title *({tier})*\n:label: {label}\n```\nFind the {number}th number."),
        new_markdown_cell("```{exercise-end}\n```"),
        new_markdown_cell(f"```{{solution-start}} {label}\n:class: dropdown\n```", metadata={"tags": ["solution"]}),
        new_markdown_cell("```{solution-end}\n```", metadata={"tags": ["solution"]}),
    ]
    body = solved if computed else new_markdown_cell(words, metadata={"tags": ["solution"]})
    return [marks[0], *([starter] if computed else []), marks[1], marks[2], copy.deepcopy(body), marks[3]]


def _result(text: str) -> NotebookNode:
    return new_output("execute_result", {"text/plain": text, "text/html": f"<p>{text}</p>"})


def executed() -> NotebookNode:
    """Return the sample with the outputs that a reader sees."""
    alt = "Two bars; the second is higher, {high} against 2, in the only year drawn."
    figure = f'figures.show(figure, kind="real", alt=f"{alt}")'
    summary = 'display(Markdown(f"本章有 {count} 个结果。"))'
    sentences = "".join(SENTENCES.format(i=number) for number in range(1, 6))
    picture = new_output(
        "display_data", {"image/svg+xml": "<svg/>", "text/plain": ALT}, metadata={"image/svg+xml": {"alt": ALT}}
    )
    cells = [
        new_markdown_cell(
            "# A sample\n\nA chapter about {term}`carbon intensity`; {numref}`fig-sample-bars` shows it."
        ),
        new_code_cell("from helpers import figures, tables\nfrom helpers.checks import sample as check"),
        new_markdown_cell(
            "## You will learn\n\n- Compute a mean.\n- Compare two means.\n- Explain the difference.\n\n"
            "**Time:** 30 minutes to read, 60 to work. **Read before:** nothing."
        ),
        new_markdown_cell("## Data passport"),
        new_code_cell('tables.passport([{"step": "all", "kind": "real", "unit": "city", "rows": 2}])'),
        new_markdown_cell("## A picture\n\nTable 2 prints 0.123 for it."),
        new_code_cell(
            figure,
            metadata={"mystnb": {"figure": {"caption": "Bars of the year.", "name": "fig-sample-bars"}}},
            outputs=[picture],
        ),
        new_code_cell(
            "# NBVAL_CHECK_OUTPUT\ntables.key_numbers({'cities': 2})",
            outputs=[new_output("stream", name="stdout", text="cities  2\n")],
            execution_count=1,
        ),
        new_markdown_cell("## Where it breaks\n\nNowhere."),
        new_markdown_cell("## Check yourself\n\n" + "\n".join(_question(number) for number in (1, 2, 3))),
        new_markdown_cell("## Exercises"),
        *(cell for place, tier in enumerate(TIERS, start=1) for cell in _exercise(place, tier)),
        new_markdown_cell("## 小结"),
        new_code_cell(
            summary,
            metadata={"tags": ["hide-input"]},
            outputs=[new_output("display_data", {"text/markdown": sentences})],
        ),
        new_markdown_cell("**Terms 术语:** {term}`carbon intensity`."),
        new_markdown_cell("## Further reading\n\n- {cite:t}`smith2020`: why it matters."),
    ]
    book = {"items": ITEMS, "kind": "real", "minutes": {"read": 30, "work": 60}}
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"book": book, "kernelspec": kernel, "language_info": {"name": "python"}}
    notebook = new_notebook(cells=cells, metadata=metadata)
    for number, cell in enumerate(notebook.cells):
        cell.id = f"sample-{number}"
    return notebook


TIERS = ("warm-up", "warm-up", "practice", "practice", "project")


def source() -> NotebookNode:
    """Return the sample as it stands in git."""
    notebook = executed()
    for cell in notebook.cells:
        if cell.cell_type == "code" and not cell.source.startswith("# NBVAL_CHECK_OUTPUT"):
            cell.outputs = []
    return notebook


def chapter(notebook: NotebookNode) -> Chapter:
    """Wrap a notebook as a chapter of a book with one term and one citation."""
    return Chapter("sample.ipynb", notebook, BOOK)
