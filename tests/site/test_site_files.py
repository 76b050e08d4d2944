"""The built site as files: complete, fresh, dated, linked, light, and without buttons that lead nowhere."""

import filecmp
import json
import re
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
import yaml
from book_pages import HTML, MADE, NOTEBOOKS, PAGES, ROOT, last_commit, source_of
from bs4 import BeautifulSoup
from measured import note

pytestmark = pytest.mark.site

BUDGET = 500_000  # bytes of a page beyond what all pages share
REPOSITORY = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))["repository"]["url"]
ALL = [*PAGES, *MADE]


@cache
def soup(page: str) -> BeautifulSoup:
    return BeautifulSoup((HTML / f"{page}.html").read_text(encoding="utf-8"), "html.parser")


@cache
def places(page: str) -> set[str]:
    """What a link can point at inside a page."""
    return {str(tag[name]) for name in ("id", "name") for tag in soup(page).select(f"[{name}]")}


def own_images(page: str) -> set[Path]:
    folder = (HTML / f"{page}.html").parent
    images = {(folder / unquote(tag["src"])).resolve() for tag in soup(page).select("img[src]")}
    return {image for image in images if (HTML / "_static").resolve() not in image.parents}


@pytest.mark.usefixtures("html")
def test_every_page_is_built_from_what_stands_in_the_source() -> None:
    stale = []
    for page in PAGES:
        copy = HTML / "_sources" / f"{page}{source_of(page).suffix}"
        if not (HTML / f"{page}.html").is_file() or not copy.is_file():
            stale.append(f"{page}: not built")
        elif not filecmp.cmp(copy, source_of(page), shallow=False):
            stale.append(f"{page}: changed since the build")
    assert not stale, "\n".join(stale)


@pytest.mark.usefixtures("html")
@pytest.mark.parametrize("page", PAGES)
def test_page_is_light(page: str) -> None:
    size = (HTML / f"{page}.html").stat().st_size + sum(image.stat().st_size for image in own_images(page))
    note("largest page beyond shared assets", size / 1000, page)
    assert size <= BUDGET, f"{page}: {size / 1000:.0f} kB of HTML and pictures of its own"


@pytest.mark.usefixtures("html")
def test_shared_assets_are_counted() -> None:
    shared = [path for path in (HTML / "_static").rglob("*") if path.is_file()] + [HTML / "searchindex.js"]
    note("shared assets on disk (a page asks for a part of them)", sum(path.stat().st_size for path in shared) / 1000)
    assert {"book.css", "book.js", "book-han.woff2", "tex-chtml.js"} <= {path.name for path in shared}


@pytest.mark.usefixtures("html")
@pytest.mark.parametrize("page", PAGES)
def test_page_says_when_it_was_last_changed(page: str) -> None:
    day = last_commit(source_of(page))
    shown = soup(page).select_one(".last-updated")
    if not day:  # not yet in git, or no git here
        assert shown is None
        return
    assert shown is not None
    assert day in shown.text


@pytest.mark.usefixtures("html")
def test_pages_lead_to_the_previous_and_the_next() -> None:
    for place, page in enumerate(PAGES):
        for name, neighbour in (("left-prev", place - 1), ("right-next", place + 1)):
            link = soup(page).select_one(f"a.{name}")
            if not 0 <= neighbour < len(PAGES):
                assert link is None, f"{page}: {name} leads out of the book"
                continue
            assert link is not None, f"{page}: no {name}"
            target = (HTML / f"{page}.html").parent / link["href"]
            assert target.resolve() == (HTML / f"{PAGES[neighbour]}.html").resolve(), f"{page}: {name}"


@pytest.mark.usefixtures("html")
@pytest.mark.parametrize("page", ALL)
def test_links_inside_the_site_lead_somewhere(page: str) -> None:
    broken = [
        link for tag in soup(page).select("a[href]") if (link := str(tag["href"])) and not leads_somewhere(page, link)
    ]
    assert not broken, f"{page}: {broken}"


def leads_somewhere(page: str, link: str) -> bool:
    parts = urlsplit(link)
    if parts.scheme or parts.netloc:
        return True
    folder = (HTML / f"{page}.html").parent
    target = (folder / unquote(parts.path)).resolve() if parts.path else (HTML / f"{page}.html").resolve()
    if target.is_dir():
        target /= "index.html"
    if not target.is_file():
        return False
    if not parts.fragment or target.suffix != ".html":
        return True
    place = unquote(parts.fragment)
    return place in places(target.relative_to(HTML.resolve()).with_suffix("").as_posix())


@pytest.mark.usefixtures("html")
def test_a_broken_link_is_seen() -> None:
    assert leads_somewhere("index", "search.html")
    assert not leads_somewhere("index", "no_such_page.html")
    assert not leads_somewhere("index", "search.html#no-such-place")


def outward(page: str) -> list[str]:
    """Buttons that lead to the repository or to a server that runs notebooks."""
    marks = "[class*=launch], [class*=source-button]:not([class*=download]), [class*=issues], [class*=edit-button]"
    tags = soup(page).select(f".article-header-buttons :is({marks})")
    return [str(tag.get("title") or tag.get("class")) for tag in tags]


@pytest.mark.usefixtures("html")
@pytest.mark.parametrize("page", PAGES)
def test_buttons_to_the_repository_follow_the_one_setting(page: str) -> None:
    assert bool(outward(page)) == bool(REPOSITORY)
    if not REPOSITORY:
        assert not re.search(r"mybinder\.org|/edit/|issues/new", str(soup(page).select_one(".bd-header-article")))


@pytest.mark.usefixtures("html")
@pytest.mark.parametrize("page", NOTEBOOKS)
def test_notebook_can_be_taken_along(page: str) -> None:
    link = soup(page).select_one("a.btn-download-source-button")
    assert link is not None
    taken = (HTML / f"{page}.html").parent / str(link["href"])
    assert filecmp.cmp(taken, source_of(page), shallow=False)


@pytest.mark.usefixtures("html")
@pytest.mark.parametrize("page", ALL)
def test_page_has_its_icon(page: str) -> None:
    icon = soup(page).select_one("link[rel~=icon]")
    assert icon is not None
    assert ((HTML / f"{page}.html").parent / str(icon["href"])).is_file()


@pytest.mark.usefixtures("html")
@pytest.mark.parametrize("page", PAGES)
def test_mathematics_of_the_source_arrives(page: str) -> None:
    text = source_of(page).read_text(encoding="utf-8")
    if page in NOTEBOOKS:
        cells = json.loads(text)["cells"]
        text = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    prose = re.sub(r"```(?!\{math\}).*?```|`[^`\n]*`", "", text, flags=re.S)
    if re.search(r"\$[^$\s][^$\n]*\$|\$\$|\{math\}", prose):
        assert soup(page).select("article .math"), f"{page}: formulas in the source, none on the page"
