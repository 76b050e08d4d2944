"""What a reader does on a page, with a mouse and without one: find, open, sort, take data along, turn to dark."""

import base64
import io
import re
from collections.abc import Iterator
from functools import cache, partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from book_pages import HTML, NOTEBOOKS, PAGES
from bs4 import BeautifulSoup
from playwright.sync_api import Browser, Locator, Page
from visits import Visit, new_context, open_window, settle

pytestmark = [pytest.mark.site, pytest.mark.browser]

FINDS = {
    "碳排放强度": "chapters/06_reference/glossary",
    "carbon intensity": "chapters/06_reference/glossary",
    "难以复现": "",
}
# Everything a reader can operate and can see, numbered; and what the keyboard has reached so far.
OPERABLE = """() => {
    window.reached = new Set();
    document.addEventListener("focusin", (event) => window.reached.add(event.target));
    const all = document.querySelectorAll(
        "article a[href], article summary, article button, article input, article [tabindex='0'], a.right-next, " +
        "a.left-prev, .article-header-buttons button, .skip-link a, .bd-sidebar-primary a[href], .search-button-field");
    const stops = document.querySelectorAll("a[href], button, input, summary, [tabindex='0']").length;
    window.operable = [...all].filter((one) => one.checkVisibility({visibilityProperty: true}) &&
        !one.closest("[tabindex='-1']:not(main)") && one.tabIndex >= 0 && !one.disabled && one.type !== "hidden");
    return [window.operable.length, stops];
}"""
MISSED = """() => window.operable.filter((one) => !window.reached.has(one)).map((one) => one.outerHTML.slice(0, 160))"""


@pytest.fixture
def open_page(browser: Browser, home: str) -> Iterator[partial]:
    """Opens a page in a window of its own, which remembers nothing of other tests."""
    contexts = []

    def opened(page: str, view: str = "wide-light") -> Page:
        contexts.append(new_context(browser, view))
        window = open_window(contexts[-1], home, Visit(page, view))
        window.goto(f"{home}{page}.html", wait_until="load")
        settle(window)
        return window

    yield opened
    for context in contexts:
        context.close()


def first(window: Page, selector: str) -> Locator:
    """The first visible match."""
    return window.locator(f"{selector} >> visible=true").first


@cache
def soup(page: str) -> BeautifulSoup:
    return BeautifulSoup((HTML / f"{page}.html").read_text(encoding="utf-8"), "html.parser")


def having(selector: str) -> list[str]:
    """Pages on which something of a kind stands; never none."""
    found = [page for page in PAGES if soup(page).select(selector)]
    assert found, f"no page has {selector}"
    return found


# --- keyboard ---------------------------------------------------------------------------------------------------------


def test_first_key_offers_to_skip_to_the_text(open_page: partial) -> None:
    window = open_page("index")
    window.keyboard.press("Tab")
    assert window.evaluate("document.activeElement.textContent") == "Skip to main content"
    window.keyboard.press("Enter")
    window.keyboard.press("Tab")
    assert window.evaluate("!!document.activeElement.closest('#main-content, main')")


@pytest.mark.parametrize("page", PAGES)
def test_keyboard_reaches_everything(page: str, open_page: partial) -> None:
    window = open_page(page)
    count, stops = window.evaluate(OPERABLE)
    assert count > 10
    for _ in range(stops + 10):
        window.keyboard.press("Tab")
    assert window.evaluate(MISSED) == []


def test_boxes_open_and_close_by_keyboard(open_page: partial, subtests: pytest.Subtests) -> None:
    for page in having("article details > summary"):
        with subtests.test(page=page):
            window = open_page(page)
            summary = first(window, "article details > summary")
            box = summary.locator("xpath=..")
            was_open = box.evaluate("box => box.open")
            for key, expected in (("Enter", not was_open), ("Space", was_open)):
                summary.focus()
                window.keyboard.press(key)
                assert box.evaluate("box => box.open") == expected


def test_solution_opens_by_keyboard(open_page: partial, subtests: pytest.Subtests) -> None:
    for page in having(".solution.dropdown"):
        with subtests.test(page=page):
            window = open_page(page)
            button = first(window, ".solution .toggle-button")
            box = window.locator(f"[id='{button.get_attribute('data-target')}']")
            content = box.locator(".section, section, .cell, p:not(.admonition-title)").first
            assert not content.is_visible()
            button.focus()
            window.keyboard.press("Enter")
            assert content.is_visible()
            assert button.get_attribute("aria-expanded") == "true"


def test_keyboard_opens_the_search(open_page: partial) -> None:
    window = open_page("index")
    window.keyboard.press("Control+k")
    assert window.evaluate("document.activeElement.matches('input[type=search]')")


# --- questions --------------------------------------------------------------------------------------------------------


def test_answers_explain_themselves_when_opened(open_page: partial, subtests: pytest.Subtests) -> None:
    for page in having("details.answer"):
        with subtests.test(page=page):
            window = open_page(page)
            answers = window.locator("details.answer")
            for place in range(answers.count()):
                answer = answers.nth(place)
                said = answer.locator(".sd-card-body, .sd-summary-content").first
                assert not said.is_visible()
                answer.locator("summary").click()
                assert said.is_visible()
                assert len(said.inner_text()) > 20


# --- tables -----------------------------------------------------------------------------------------------------------


def test_table_sorts_by_keyboard(open_page: partial, subtests: pytest.Subtests) -> None:
    for page in having("table.sortable tbody tr + tr"):
        with subtests.test(page=page):
            window = open_page(page)
            head = first(window, "table.sortable th:has(button)")
            table = head.locator("xpath=ancestor::table")
            heads = table.locator("thead th")
            for column in range(heads.count()):
                before = [row[column] for row in rows_of(table)]
                for direction, backwards in (("ascending", False), ("descending", True)):
                    heads.nth(column).locator("button").focus()
                    window.keyboard.press("Enter")
                    assert heads.nth(column).get_attribute("aria-sort") == direction
                    after = [row[column] for row in rows_of(table)]
                    assert sorted(map(str, after)) == sorted(map(str, before))
                    numbers = [value for value in after if isinstance(value, float)]
                    if len(numbers) == len(after):
                        assert numbers == sorted(numbers, reverse=backwards)
                assert table.locator("th[aria-sort]").count() == 1


def rows_of(table: Locator) -> list[list[float | str]]:
    """Cells as a reader's sorting sees them: numbers by value, words as written."""
    values = table.evaluate(
        "table => [...table.tBodies[0].rows].map(row => [...row.cells].map(cell => "
        "cell.dataset.value === undefined ? cell.textContent.trim() : Number(cell.dataset.value)))"
    )
    return [[float(value) if isinstance(value, int | float) else value for value in row] for row in values]


# --- data behind a figure ---------------------------------------------------------------------------------------------


def data_links(page: str) -> list[tuple[str, str]]:
    """Pairs of a figure's alternative text and its data link."""
    pairs = []
    for link in soup(page).select(".figure-note a[download]"):
        picture = link.find_previous("img")
        pairs.append((str(picture["alt"]), str(link["href"])))
    return pairs


def frame_of(address: str) -> pd.DataFrame:
    return pd.read_csv(io.BytesIO(base64.b64decode(address.partition("base64,")[2])))


@pytest.mark.parametrize("page", NOTEBOOKS)
def test_data_behind_figures_can_be_read(page: str) -> None:
    for alt, address in data_links(page):
        frame = frame_of(address)
        assert len(frame) >= 1, alt
        assert not frame.isna().all().any(), f"an empty column behind: {alt}"
        assert not any(str(name).startswith("Unnamed") for name in frame.columns), (
            f"a column without a name behind: {alt}"
        )


def test_data_link_downloads_the_data(open_page: partial, tmp_path: Path, subtests: pytest.Subtests) -> None:
    for page in having(".figure-note a[download]"):
        with subtests.test(page=page):
            window = open_page(page)
            link = first(window, ".figure-note a[download]")
            with window.expect_download() as coming:
                link.click()
            assert coming.value.suggested_filename.endswith(".csv")
            coming.value.save_as(tmp_path / "data.csv")
            pd.testing.assert_frame_equal(pd.read_csv(tmp_path / "data.csv"), frame_of(str(link.get_attribute("href"))))


def test_data_are_what_was_drawn() -> None:
    """A figure's words are computed from what it draws: some number in them is found in its data, or is their count."""
    alone, seen = [], 0
    for page in NOTEBOOKS:
        for alt, address in data_links(page):
            seen += 1
            frame = frame_of(address)
            values = {str(value) for value in frame.to_numpy().ravel()} | {str(len(frame))}
            exact = np.abs(frame.select_dtypes("number").to_numpy(dtype=float).ravel())  # words put no sign to a number
            for digits in range(4):
                values |= {f"{value:.{digits}f}" for value in exact} | {f"{100 * value:.{digits}f}" for value in exact}
            numbers = re.findall(r"\d+(?:\.\d+)?", alt.replace(",", ""))
            if not set(numbers) & values:
                alone.append(f"{page}: {alt}")
    assert seen > 3
    assert not alone, "\n".join(alone)


# --- dark mode --------------------------------------------------------------------------------------------------------


def test_switch_turns_the_page_dark_and_it_stays(open_page: partial) -> None:
    window = open_page(NOTEBOOKS[0])
    ground = "getComputedStyle(document.body).backgroundColor"
    light = window.evaluate(ground)
    for _ in range(3):
        if window.evaluate("document.documentElement.dataset.theme") == "dark":
            break
        first(window, ".theme-switch-button").click()
    assert window.evaluate("document.documentElement.dataset.theme") == "dark"
    assert window.evaluate(ground) != light
    assert "invert" in window.locator("img.turns").first.evaluate("image => getComputedStyle(image).filter")
    window.reload()
    assert window.evaluate("document.documentElement.dataset.theme") == "dark"


# --- search -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("view", ["wide-light", "phone-light"])
def test_one_search_box_opens(view: str, open_page: partial) -> None:
    window = open_page("index", view)
    assert window.locator("input[type=search] >> visible=true").count() == 0
    first(window, ".search-button__button").click()
    assert window.locator("input[type=search] >> visible=true").count() == 1
    assert window.evaluate("document.activeElement.matches('input[type=search]')")


@pytest.mark.parametrize(("words", "expected"), FINDS.items())
def test_search_finds(words: str, expected: str, open_page: partial, home: str) -> None:
    window = open_page("index")
    first(window, ".search-button__button").click()
    window.keyboard.type(words)
    window.keyboard.press("Enter")
    found = results(window)
    if not expected:  # words that stand nowhere: the search says so, and does not stay silent
        assert found == []
        assert "did not match any documents" in window.locator("#search-results").inner_text()
        return
    pages = [address.removeprefix(home).partition(".html")[0] for address in found]
    assert expected in pages
    assert all((HTML / f"{page}.html").is_file() for page in pages)


def results(window: Page) -> list[str]:
    """Wait until the search is over; addresses of the pages it found."""
    window.wait_for_function(
        "/finished|found|match/i.test(document.querySelector('#search-results .search-summary')?.textContent)"
    )
    return window.evaluate(
        "[...document.querySelectorAll('#search-results ul.search > li > a')].map(link => link.href)"
    )
