"""What makes the book run again, what does not, what stops it, and what the address of the repository brings."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import small_book
from bs4 import BeautifulSoup
from small_book import NOTEBOOK, PAGE, build, replace, runs

pytestmark = pytest.mark.site

ADDRESS = "https://github.com/example/trade-carbon-causality"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small book, built once."""
    root = small_book.write(tmp_path_factory.mktemp("small") / "book")
    done = build(root)
    assert done.returncode == 0, done.stdout + done.stderr
    assert runs(root) == 1
    return root


@pytest.fixture
def book(built: Path, tmp_path: Path) -> Path:
    """A copy of the built small book, its executed notebook included, to change something in."""
    return Path(shutil.copytree(built, tmp_path / "book"))


def page_of(root: Path, source: Path) -> BeautifulSoup:
    page = root / "_build" / "html" / source.with_suffix(".html")
    return BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")


def buttons(root: Path, source: Path) -> set[str]:
    """Addresses outside the site that a page's head offers."""
    links = page_of(root, source).select(".bd-header-article a[href^=http]")
    return {str(link["href"]) for link in links}


# --- what runs again


SENTENCES = {
    PAGE: ("One sentence.", "Another sentence."),
    Path("index.md"): ("To begin.", "To begin with."),
    Path("chapters/06_reference/glossary.md"): ("Emissions per unit", "All emissions per unit"),
    Path("_static/book.css"): (":root", "/* changed */ :root"),
    NOTEBOOK: ("A sentence about", "Some words about"),
}


@pytest.mark.parametrize("paths", [list(SENTENCES)[:4], [NOTEBOOK]], ids=["pages", "notebook"])
def test_changed_sentence_runs_no_notebook(paths: list[Path], book: Path) -> None:
    for path in paths:
        replace(book / path, *SENTENCES[path])
    done = build(book)
    assert done.returncode == 0, done.stdout + done.stderr
    assert runs(book) == 1
    for path in paths:
        html = book / "_build" / "html" / (path if path.suffix == ".css" else path.with_suffix(".html"))
        assert SENTENCES[path][1] in html.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        (Path("helpers/tables.py"), '"""', '"""Changed. '),
        (Path("data/geography/prefectures.csv"), "\n", "\n"),
        (Path("requirements.txt"), "\n", "\n# changed\n"),
        (NOTEBOOK, "head(3)", "head(4)"),
    ],
    ids=lambda value: value.name if isinstance(value, Path) else "",
)
def test_changed_ground_runs_the_notebook_again(path: Path, old: str, new: str, book: Path) -> None:
    if path.suffix == ".csv":  # the same table with another end of line: other bytes, nothing broken
        (book / path).write_bytes((book / path).read_bytes() + b"\r\n")
    else:
        replace(book / path, old, new)
    done = build(book)
    assert runs(book) == 2, done.stdout + done.stderr


def test_unchanged_book_runs_nothing(book: Path) -> None:
    assert build(book).returncode == 0
    assert runs(book) == 1


# --- what stops the build


def test_broken_helper_stops_the_build(book: Path) -> None:
    replace(book / "helpers" / "datasets.py", "def load_prefectures(", "def load_prefecturez(")
    done = build(book)
    assert done.returncode != 0
    assert "load_prefectures" in done.stdout + done.stderr


def test_broken_data_stop_the_build(book: Path) -> None:
    path = book / "data" / "geography" / "prefectures.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join([*lines, lines[-1]]), encoding="utf-8")
    done = build(book)
    assert done.returncode != 0
    assert "prefectures.csv" in done.stdout + done.stderr


NOWHERE = {
    "a figure": ("{numref}`fig-that-is-nowhere`", "fig-that-is-nowhere"),
    "a term": ("{term}`a word that no glossary has`", "a word that no glossary has"),
    "a page": ("{doc}`no_such_page`", "no_such_page"),
    "a citation": ("{cite}`nobody2099`", "nobody2099"),
    "a file": ("[here](no_such_file.md)", "no_such_file"),
}


def test_references_to_nothing_stop_the_build(book: Path) -> None:
    replace(book / PAGE, "One sentence.", "\n\n".join(f"See {reference}." for reference, _ in NOWHERE.values()))
    done = build(book)
    assert done.returncode != 0
    warned = [line for line in (done.stdout + done.stderr).splitlines() if "WARNING" in line and "plain.md" in line]
    for what, (_, said) in NOWHERE.items():
        assert any(said in line for line in warned), f"{what} that is nowhere went unnoticed"


def test_one_reference_to_nothing_is_enough(book: Path) -> None:
    replace(book / PAGE, "One sentence.", f"See {NOWHERE['a figure'][0]}.")
    assert build(book).returncode != 0


def test_warning_of_a_notebook_stops_the_build(book: Path) -> None:
    replace(
        book / NOTEBOOK,
        "from helpers import datasets, tables",
        "import warnings; warnings.warn('look out')\\nfrom helpers import datasets, tables",
    )
    done = build(book)
    assert done.returncode != 0
    assert "stderr" in done.stdout + done.stderr


# --- the one setting for the repository


def test_no_address_no_buttons(built: Path) -> None:
    for source in (PAGE, NOTEBOOK, Path("index.md")):
        assert buttons(built, source) == set()


def test_address_brings_the_buttons(book: Path) -> None:
    done = build(book, "--repository", ADDRESS)
    assert done.returncode == 0, done.stdout + done.stderr
    assert runs(book) == 1
    for source in (PAGE, NOTEBOOK, Path("index.md")):
        found = buttons(book, source)
        assert ADDRESS in found, f"{source}: no link to the repository"
        assert f"{ADDRESS}/edit/main/{source.as_posix()}" in found, f"{source}: no edit button"
        assert any(link.startswith(f"{ADDRESS}/issues/new") for link in found), f"{source}: no issue button"
        launches = [link for link in found if "mybinder.org" in link]
        if source == NOTEBOOK:
            assert len(launches) == 1
            assert re.fullmatch(
                r"https://mybinder\.org/v2/gh/example/trade-carbon-causality/main\?urlpath=lab/tree/"
                + re.escape(source.as_posix()),
                launches[0],
            )
        else:
            assert launches == [], f"{source}: a launch button where nothing runs"


def test_address_in_the_settings_does_the_same(book: Path) -> None:
    replace(book / "_config.yml", 'url: ""', f'url: "{ADDRESS}"')
    assert build(book).returncode == 0
    assert any("mybinder.org" in link for link in buttons(book, NOTEBOOK))


# --- dates


def test_page_is_dated_by_its_last_commit(book: Path) -> None:
    day = {"GIT_AUTHOR_DATE": "2020-02-29T12:00:00Z", "GIT_COMMITTER_DATE": "2020-02-29T12:00:00Z"}
    who = ["-c", "user.name=Reader", "-c", "user.email=reader@example.org"]
    for command in (["init", "-q"], ["add", PAGE.as_posix()], ["commit", "-q", "-m", "One page"]):
        subprocess.run(["git", *who, *command], cwd=book, check=True, env={**os.environ, **day})
    assert build(book).returncode == 0
    assert "2020-02-29" in page_of(book, PAGE).select_one(".last-updated").text
    assert page_of(book, NOTEBOOK).select_one(".last-updated") is None
    assert runs(book) == 1
