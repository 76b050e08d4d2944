"""The edition without solutions: built from the whole book, searched for anything that a solution says."""

import html
import json
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import jieba
import pytest
from book_pages import HTML, NOTEBOOKS, PAGES, ROOT
from bs4 import BeautifulSoup
from sphinx.search.zh import SearchChinese

import student_edition

pytestmark = pytest.mark.site

STUDENT = ROOT / "_build" / "student" / "_build" / "html"
TEXTS = (".html", ".js", ".ipynb", ".md", ".txt", ".json", ".csv", ".inv")
SHORT = 12  # a line with fewer characters could stand anywhere


@pytest.fixture(scope="module")
def student() -> Path:
    """The student edition, built as `make student` builds it, with warnings as errors."""
    command = [sys.executable, str(ROOT / "scripts" / "build_book.py"), "--solutions", "off"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    return STUDENT


def squeezed(text: str) -> str:
    """Text without differences that mean nothing: spaces, quotes, the marks of JSON and HTML."""
    return re.sub(r"[\s\\\"'“”‘’`*_$]+", "", html.unescape(text))


def words_on(page: Path, only: str = "body") -> str:
    soup = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")
    for mark in soup.select(".headerlink, script, style"):
        mark.decompose()
    return "\n".join(part.get_text() for part in soup.select(only))


@cache
def cells() -> tuple[list[str], list[str]]:
    """Sources of all cells that belong to a solution, and of all others."""
    inside, outside = [], []
    for page in NOTEBOOKS:
        whole = json.loads((ROOT / f"{page}.ipynb").read_text(encoding="utf-8"))["cells"]
        kept = ["".join(cell["source"]) for cell in student_edition.without_solutions(whole, page)]
        outside += kept
        inside += [text for cell in whole if (text := "".join(cell["source"])) not in kept]
    for page in set(PAGES) - set(NOTEBOOKS):
        outside.append((ROOT / f"{page}.md").read_text(encoding="utf-8"))
    return inside, outside


@cache
def said_in_solutions() -> frozenset[str]:
    """Every line of a solution, code, words and results, that stands nowhere else in the book."""
    inside, outside = cells()
    lines = [line for text in inside for line in text.splitlines()]
    for page in NOTEBOOKS:
        built = HTML / f"{page}.html"
        lines += words_on(built, ".solution").splitlines()  # with what their cells print
        soup = BeautifulSoup(built.read_text(encoding="utf-8"), "html.parser")
        for solution in soup.select(".solution"):
            solution.decompose()
        outside = [*outside, soup.get_text()]
    elsewhere = squeezed(
        "\n".join([*outside, *(path.read_text(encoding="utf-8") for path in (ROOT / "helpers").rglob("*.py"))])
    )
    return frozenset(
        short
        for line in lines
        if len(short := squeezed(line)) >= SHORT and re.search(r"\w", short) and short not in elsewhere
    )


def leaks(folder: Path) -> list[str]:
    """Lines of solutions that can be read in any file of a site."""
    found = []
    for path in sorted(folder.rglob("*")):
        if path.suffix in TEXTS and "_static" not in path.relative_to(folder).parts:
            text = path.read_text(encoding="utf-8", errors="replace")
            pieces = squeezed(text) + (squeezed(words_on(path)) if path.suffix == ".html" else "")
            found += [f"{path.relative_to(folder)}: {line}" for line in said_in_solutions() if line in pieces]
    return found


def test_there_are_solutions_to_look_for() -> None:
    assert len(said_in_solutions()) > 10 * len(NOTEBOOKS) / 2


@pytest.mark.usefixtures("html")
def test_full_book_is_seen_to_hold_them() -> None:
    found = leaks(HTML)
    places = {line.split(":")[0].split("/")[0] for line in found}
    assert {"chapters", "_sources"} <= places


def test_no_line_of_a_solution_is_left(student: Path) -> None:
    assert leaks(student) == []


def test_no_box_of_a_solution_is_left(student: Path) -> None:
    for page in PAGES:
        soup = BeautifulSoup((student / f"{page}.html").read_text(encoding="utf-8"), "html.parser")
        assert not soup.select(".solution"), page
        assert "solution-start" not in soup.get_text()


def terms_of(folder: Path) -> set[str]:
    """Words that the search of a site knows."""
    text = (folder / "searchindex.js").read_text(encoding="utf-8")
    index = json.loads(text[text.index("{") : text.rindex("}") + 1])
    return set(index["terms"]) | set(index["titleterms"])


def stems(texts: list[str]) -> set[str]:
    """Words as the search index keeps them."""
    language = SearchChinese({})
    words = {word for text in texts for word in [*re.findall(r"\w+", text), *jieba.cut_for_search(text)]}
    return {language.stem(word.lower()) for word in words} | {word.lower() for word in words}


def test_search_knows_no_word_that_only_solutions_say(student: Path) -> None:
    inside, outside = cells()
    built = [words_on(student / f"{page}.html") for page in PAGES]
    only = stems(inside) - stems([*outside, *built])
    assert only & terms_of(HTML), "the full book's search should know words of solutions"
    assert not only & terms_of(student)


def test_everything_else_is_still_there(student: Path) -> None:
    for page in PAGES:
        full, without = (
            BeautifulSoup((folder / f"{page}.html").read_text(encoding="utf-8"), "html.parser")
            for folder in (HTML, student)
        )
        for solution in full.select(".solution"):
            solution.decompose()
        for kind in (".exercise", "figure", "h2", "details.answer", ".book-table"):
            assert len(full.select(f"article {kind}")) == len(without.select(f"article {kind}")), f"{page}: {kind}"
