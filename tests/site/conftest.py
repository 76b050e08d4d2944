"""One browser and one server for all tests of the site; each page is opened once in each view."""

import functools
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from book_pages import HTML
from playwright.sync_api import Browser, BrowserContext, Playwright
from visits import NO_BROWSER, VIEWS, Visit, launch, new_context, visit

from serve_book import served


@pytest.fixture(scope="session")
def html() -> Path:
    """Folder of the built site."""
    if not (HTML / "index.html").is_file():
        pytest.fail("the site is not built: say `make book` first (`make test` does)", pytrace=False)
    return HTML


@pytest.fixture(scope="session")
def home(html: Path) -> Iterator[str]:
    """Address of the built site, which ends in a slash."""
    with served(html) as address:
        yield address


@pytest.fixture(scope="session")
def browser(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """The system's Chromium or Chrome. Without one, tests skip on a reader's machine and fail with CI=true."""
    found = launch(playwright, tmp_path_factory.mktemp("browser"))
    if found is None and os.environ.get("CI") == "true":
        pytest.fail(NO_BROWSER, pytrace=False)
    if found is None:
        pytest.skip(NO_BROWSER)
    yield found
    found.close()


@pytest.fixture(scope="session")
def contexts(browser: Browser) -> dict[str, BrowserContext]:
    """One set of windows for each view."""
    return {view: new_context(browser, view) for view in VIEWS}


@pytest.fixture(scope="session")
def seen(contexts: dict[str, BrowserContext], home: str) -> Callable[[str, str], Visit]:
    """What happened when a page was opened in a view; opened once, however many tests ask."""
    return functools.cache(lambda page, view: visit(contexts[view], home, page, view))
