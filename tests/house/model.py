"""A chapter as the rules see it, and what all chapters share."""

import ast
import re
from dataclasses import dataclass
from pathlib import Path

from nbformat import NotebookNode

FENCE = re.compile(r"^(?P<fence>`{3,}|:{3,}|~{3,})(?P<info>[^\n]*)\n(?P<body>.*?)^(?P=fence)[ \t]*$", re.M | re.S)
MATH = re.compile(r"\$\$.*?\$\$|\$[^$\n]+\$", re.S)
INLINE_CODE = re.compile(r"(?<!\})(`+)(?!`).+?(?<!`)\1(?!`)")
LINK_TARGET = re.compile(r"\]\([^)\s]*\)|<https?://[^>]*>|https?://\S+|\b10\.\d{4,}/\S+")
EXERCISE = re.compile(r"^\s*(?:`{3,}|:{3,})\{(exercise|solution)-(start|end)\}[ \t]*([^\n]*)", re.M)
LABEL = re.compile(r"^:label:\s*(\S+)", re.M)


@dataclass(frozen=True)
class Book:
    """What the chapters may refer to: terms of the glossary and keys of the bibliography."""

    terms: frozenset[str]
    keys: frozenset[str]

    @classmethod
    def read(cls, root: Path) -> "Book":
        """Read the glossary page and the bibliography."""
        page = (root / "chapters" / "06_reference" / "glossary.md").read_text(encoding="utf-8")
        lists = [match["body"] for match in FENCE.finditer(page) if match["info"].strip().startswith("{glossary}")]
        lines = [line for body in lists for line in body.splitlines()]
        terms = {line.strip().casefold() for line in lines if line and not line[0].isspace() and line[0] != ":"}
        bibliography = (root / "chapters" / "references.bib").read_text(encoding="utf-8")
        return cls(frozenset(terms), frozenset(re.findall(r"^@\w+\{\s*([^,\s]+)", bibliography, re.M)))


@dataclass(frozen=True)
class Chapter:
    """One notebook with the book it belongs to."""

    name: str
    notebook: NotebookNode
    book: Book

    @property
    def cells(self) -> list[NotebookNode]:
        """All cells in order."""
        return self.notebook.cells

    @property
    def code(self) -> list[tuple[int, NotebookNode]]:
        """Code cells with their number, counted from one."""
        return [(number, cell) for number, cell in enumerate(self.cells, start=1) if cell.cell_type == "code"]

    @property
    def markdown(self) -> list[tuple[int, NotebookNode]]:
        """Markdown cells with their number, counted from one."""
        return [(number, cell) for number, cell in enumerate(self.cells, start=1) if cell.cell_type == "markdown"]

    @property
    def in_a_part(self) -> bool:
        """Whether the notebook is a chapter of a part, with the whole anatomy; pages of reference have what fits."""
        return "/" not in self.name or bool(re.match(r"chapters/\d\d_(?!reference/)", self.name))

    @property
    def items(self) -> list[str]:
        """The anatomy items that the chapter says it has."""
        return list(self.notebook.metadata.get("book", {}).get("items", []))

    def section(self, heading: str) -> list[tuple[int, NotebookNode]]:
        """Return the cells from a heading of the second level to the next, numbered; empty if there is none."""
        inside, found = False, []
        for number, cell in enumerate(self.cells, start=1):
            headings = (
                re.findall(r"^##? .+$", outside_fences(cell.source), re.M) if cell.cell_type == "markdown" else []
            )
            if headings:
                inside = heading in headings
            if inside:
                found.append((number, cell))
        return found

    def section_text(self, heading: str) -> str:
        """Return the Markdown of a section."""
        return "\n\n".join(cell.source for _, cell in self.section(heading) if cell.cell_type == "markdown")


@dataclass(frozen=True)
class Exercise:
    """An exercise with the cells of its text and of its solution."""

    label: str
    title: str
    cells: tuple[NotebookNode, ...]
    solution: tuple[NotebookNode, ...]


def exercises(chapter: Chapter) -> tuple[list[Exercise], list[str]]:
    """Pair exercises with solutions; the second list holds what does not pair."""
    texts: dict[str, tuple[str, list[NotebookNode]]] = {}
    solutions: dict[str, list[NotebookNode]] = {}
    wrong: list[str] = []
    kind, label = "", ""
    for number, cell in enumerate(chapter.cells, start=1):
        marks = EXERCISE.findall(cell.source) if cell.cell_type == "markdown" else []
        if len(marks) > 1:
            wrong.append(f"cell {number}: more than one exercise or solution mark in a cell")
        for what, edge, title in marks[:1]:
            if edge == "end":
                if kind != what:
                    wrong.append(f"cell {number}: {what}-end without its start")
                kind = ""
            elif kind:
                wrong.append(f"cell {number}: {what}-start before the last one ended")
            elif what == "exercise":
                named = LABEL.search(cell.source)
                kind, label = what, named.group(1) if named else f"cell {number}"
                if not named or label in texts:
                    wrong.append(f"cell {number}: the exercise has no label of its own")
                texts[label] = (title.strip(), [cell])
            else:
                kind, label = what, title.strip()
                if label in solutions or label not in texts:
                    wrong.append(
                        f"cell {number}: solution of {label!r}, which is no exercise before it or has one already"
                    )
                solutions[label] = [cell]
        if kind and not marks:
            (texts[label][1] if kind == "exercise" else solutions[label]).append(cell)
    if kind:
        wrong.append(f"{label}: {kind} never ends")
    wrong += [f"{label}: no solution" for label in texts if label not in solutions]
    pairs = [
        Exercise(label, title, tuple(cells), tuple(solutions.get(label, ()))) for label, (title, cells) in texts.items()
    ]
    return pairs, wrong


def tree(cell: NotebookNode) -> ast.Module:
    """Parse a code cell; magics of IPython count as no code."""
    return ast.parse(
        "\n".join("" if line.lstrip()[:1] in "%!" and line.strip() else line for line in cell.source.split("\n"))
    )


def calls(cell: NotebookNode, name: str) -> list[ast.Call]:
    """Return the calls of ``module.function`` in a code cell."""
    return [node for node in ast.walk(tree(cell)) if isinstance(node, ast.Call) and ast.unparse(node.func) == name]


def keyword(call: ast.Call, name: str) -> ast.expr | None:
    """Return the value of a keyword of a call."""
    return next((item.value for item in call.keywords if item.arg == name), None)


def last_call(cell: NotebookNode) -> str:
    """Return what the last line of a code cell calls, '' if it is no call."""
    body = tree(cell).body
    last = body[-1].value if body and isinstance(body[-1], ast.Expr) else None
    return ast.unparse(last.func) if isinstance(last, ast.Call) else ""


def outside_fences(text: str) -> str:
    """Return Markdown without fenced code and directives."""
    return FENCE.sub("", text)


def prose(text: str) -> str:
    """Return Markdown as read: without code, formulas and link targets; the text inside directives stays."""

    def unwrap(match: re.Match) -> str:
        info = match["info"].strip()
        if not info.startswith("{") or info.startswith(("{code", "{math", "{eval", "{glossary")):
            return ""
        title = re.sub(r"^\{[^}]*\}", "", info)
        return title + "\n\n" + FENCE.sub(unwrap, re.sub(r"^:[\w-]+:.*$", "", match["body"], flags=re.M)) + "\n\n"

    return INLINE_CODE.sub("", LINK_TARGET.sub("]", MATH.sub("", FENCE.sub(unwrap, text))))
