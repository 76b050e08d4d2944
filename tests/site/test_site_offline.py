"""The zip: the same bytes for the same site, and a book that opens from disk with its formulas and its search."""

import functools
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote
from zipfile import ZipFile

import pytest
from book_pages import NOTEBOOKS, PAGES
from measured import note
from playwright.sync_api import BrowserContext
from rules import RULES
from test_site_reader import FINDS, results
from visits import Visit, open_window, visit

import zip_book

pytestmark = pytest.mark.site

TRIED = ["index", NOTEBOOKS[-1], "chapters/06_reference/notation"]


@pytest.fixture(scope="module")
def bundle(html: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The zip of the built site."""
    target = tmp_path_factory.mktemp("zip") / "book.zip"
    assert zip_book.zip_book(html, target) > len(PAGES)
    note("zip to read offline", target.stat().st_size / 1000)
    return target


@pytest.fixture(scope="module")
def on_disk(bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of the unpacked zip, which ends in a slash."""
    folder = tmp_path_factory.mktemp("unpacked 离线")  # a space and Chinese characters, as on many desks
    with ZipFile(bundle) as archive:
        archive.extractall(folder)
    yield (folder / zip_book.NAME).as_uri() + "/"


@pytest.fixture(scope="module")
def opened(contexts: dict[str, BrowserContext], on_disk: str) -> Callable[[str], Visit]:
    """What happened when a page was opened from disk."""
    return functools.cache(lambda page: visit(contexts["wide-light"], on_disk, page, "wide-light"))


def test_same_site_gives_the_same_bytes(html: Path, bundle: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(html, tmp_path / "html"))
    for path in copy.rglob("*"):
        os.utime(path, (1_500_000_000, 1_500_000_000))
    zip_book.zip_book(copy, tmp_path / "again.zip")
    assert (tmp_path / "again.zip").read_bytes() == bundle.read_bytes()
    (copy / "index.html").write_text("changed", encoding="utf-8")
    zip_book.zip_book(copy, tmp_path / "changed.zip")
    assert (tmp_path / "changed.zip").read_bytes() != bundle.read_bytes()


def test_zip_says_what_to_do_first(bundle: Path) -> None:
    with ZipFile(bundle) as archive:
        names = archive.namelist()
        assert names[0] == f"{zip_book.NAME}/READ-ME-FIRST.txt"
        assert "index.html" in archive.read(names[0]).decode("utf-8-sig")
    assert all(name.startswith(f"{zip_book.NAME}/") for name in names)
    assert {f"{zip_book.NAME}/{page}.html" for page in PAGES} <= set(names)


def test_no_site_no_zip(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="make book"):
        zip_book.zip_book(tmp_path, tmp_path / "book.zip")


@pytest.mark.browser
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("page", TRIED)
def test_page_from_disk(page: str, rule: Callable[[Visit], list[str]], opened: Callable[[str], Visit]) -> None:
    assert not rule(opened(page)), rule.__doc__


@pytest.mark.browser
@pytest.mark.parametrize(("words", "expected"), [(words, page) for words, page in FINDS.items() if page])
def test_search_from_disk(words: str, expected: str, contexts: dict[str, BrowserContext], on_disk: str) -> None:
    log = Visit("search", "wide-light")
    window = open_window(contexts["wide-light"], on_disk, log)
    window.goto(f"{on_disk}search.html?q={quote(words)}")
    found = [address.removeprefix(on_disk).partition(".html")[0] for address in results(window)]
    window.close()
    assert expected in found
    assert log.outside == []
