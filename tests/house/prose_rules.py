"""Rules on what a chapter says: terms, citations, numbers, abbreviations, questions, the Chinese summary."""

import ast
import re

from house.form_rules import HEADINGS
from house.model import FENCE, Book, Chapter, prose, tree

TERM = re.compile(r"\{term\}`(?:[^`<]*<)?([^`<>]+)>?`")
CITE = re.compile(r"\{cite(?::\w+)?\}`([^`]+)`")
#: A computed number, as opposed to a year, a count, a rate in whole or tenths of a percent.
DECIMALS = re.compile(r"(?<![\w.,/-])[-−]?\d[\d,]*\.\d{2,}(?![\w.]*\d)")
#: Critical values of the normal distribution: known to everyone, computed by nobody.
CONSTANTS = {"1.64", "1.645", "1.96", "2.58", "2.576"}
#: Words by which a paragraph says where a number is printed.
QUOTED = re.compile(r"\b(?:[Tt]ables?|prints?|printed|textbook)\b|表")
#: Abbreviations that a second-year student does not know; DID stands in the papers' own tables and is explained.
ABBREVIATIONS = (
    *(
        "TWFE",
        "FE",
        "RE",
        "SE",
        "SEs",
        "MDE",
        "DGP",
        "FWL",
        "dCDH",
        "CSDID",
        "CS",
        "SUTVA",
        "CBEC",
        "CPZ",
        "SDA",
        "ITT",
    ),
    *("ATT", "ATTs", "ATE", "CATT", "PTA", "OVB", "RDD", "PSM", "IPW", "HC1", "CRVE", "WCB", "i.i.d.", "iid"),
)
QUESTION = re.compile(r"^\*\*(\d+)\. .+?\*\*[ \t]*$", re.M)
ANSWER = re.compile(r"^:class-container: *answer +(right|wrong)[ \t]*$", re.M)


def unknown_references(text: str, book: Book) -> list[str]:
    """Name terms that the glossary lacks and citations that the bibliography lacks."""
    found = [
        f"term {name!r} is not in the glossary"
        for name in TERM.findall(text)
        if name.strip().casefold() not in book.terms
    ]
    keys = [key.strip() for group in CITE.findall(text) for key in group.split(",")]
    return found + [f"citation {key!r} is not in references.bib" for key in keys if key not in book.keys]


def references(chapter: Chapter) -> list[str]:
    """Every term stands in the glossary, every citation in the bibliography."""
    return [
        f"cell {n}: {line}" for n, cell in chapter.markdown for line in unknown_references(cell.source, chapter.book)
    ]


def typed_numbers(text: str, quoted: set[str]) -> list[str]:
    """Return the paragraphs with a number of two or more decimals that name no printed source.

    A number in `quoted` was quoted with its source before and may be repeated; the paragraph's own are added.
    """
    found = []
    for paragraph in re.split(r"\n[ \t]*\n|\n(?=[-*] |\d+\. |\|)", prose(text)):
        numbers = DECIMALS.findall(re.sub(r"Python 3\.\d+", "", paragraph))
        if QUOTED.search(paragraph):
            quoted.update(numbers)
        elif new := [number for number in numbers if number not in quoted | CONSTANTS]:
            found.append(f"{', '.join(new)} in {paragraph.strip()[:70]!r}")
    return found


def numbers(chapter: Chapter) -> list[str]:
    """No typed result: a number in prose is computed in a cell, or quoted from a printed table with its place."""
    quoted: set[str] = set()
    return [
        f"cell {number}: typed number {line}; compute it, or name the printed table it is quoted from"
        for number, cell in chapter.markdown
        for line in typed_numbers(cell.source, quoted)
    ]


def abbreviations_in(text: str) -> list[str]:
    """Return abbreviations of the trade in a text."""
    plain = prose(text)
    return [word for word in ABBREVIATIONS if re.search(rf"(?<![\w.{{-]){re.escape(word)}(?![\w-])", plain)]


def abbreviations(chapter: Chapter) -> list[str]:
    """No abbreviation of the trade in the text."""
    return [
        f"cell {number}: write out {word}"
        for number, cell in chapter.markdown
        for word in abbreviations_in(cell.source)
    ]


def quiz(chapter: Chapter) -> list[str]:
    """Three to five questions with three answers or more, one of them right, each explained in its own words."""
    if "quiz" not in chapter.items:
        return []
    text = chapter.section_text(HEADINGS["quiz"])
    starts = [match.start() for match in QUESTION.finditer(text)]
    found = [] if 3 <= len(starts) <= 5 else [f"{len(starts)} questions, not three to five"]
    explanations: list[str] = []
    for place, (start, end) in enumerate(zip(starts, [*starts[1:], len(text)], strict=False), start=1):
        answers = [match for match in FENCE.finditer(text[start:end]) if match["info"].strip().startswith("{dropdown}")]
        marks = [mark.group(1) if (mark := ANSWER.search(match["body"])) else "unmarked" for match in answers]
        if len(answers) < 3:
            found.append(f"question {place}: {len(answers)} answers, at least three are wanted")
        if "unmarked" in marks:
            found.append(f"question {place}: an answer without ':class-container: answer right' or 'answer wrong'")
        if marks.count("right") != 1:
            found.append(f"question {place}: {marks.count('right')} right answers, not one")
        letters = [match["info"].strip().removeprefix("{dropdown}").strip()[:2] for match in answers]
        if letters != [f"{letter}." for letter in "ABCDEFGH"[: len(letters)]]:
            found.append(f"question {place}: answers are lettered {letters}")
        explanations += [re.sub(r"^:.*$", "", match["body"], flags=re.M).strip() for match in answers]
    found += [f"an explanation says nothing: {line!r}" for line in explanations if len(line.split()) < 5]
    found += [
        f"two answers share an explanation: {line!r}"
        for line in sorted({x for x in explanations if explanations.count(x) > 1})
    ]
    return found


def summary(chapter: Chapter) -> list[str]:
    """The Chinese summary is built in code from computed results, and ends in linked terms."""
    if "summary" not in chapter.items:
        return []
    cells = chapter.section(HEADINGS["summary"])
    built = [cell for _, cell in cells if cell.cell_type == "code" and "hide-input" in cell.metadata.get("tags", [])]
    found = [] if built else ["小结 has no code cell tagged hide-input"]
    if built and not any(isinstance(node, ast.FormattedValue) for cell in built for node in ast.walk(tree(cell))):
        found.append("小结 holds no computed result (an f-string with a value)")
    text = chapter.section_text(HEADINGS["summary"])
    if "**Terms 术语:**" not in text or not TERM.search(text):
        found.append("小结 does not end in '**Terms 术语:**' with links to the glossary")
    return found


RULES = (references, numbers, abbreviations, quiz, summary)
