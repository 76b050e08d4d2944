"""Visit a page of the built site as a reader's browser does, with the network cut, and write down what it does."""

import json
import os
import shutil
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import matplotlib as mpl
from axe_playwright_python.sync_playwright import Axe
from book_pages import HAN
from in_the_page import DROP_TWINS, FACTS, MARK_HAN, NOT_DRAWN, OPEN, SETTLED
from playwright.sync_api import Browser, BrowserContext, Error, Page, Playwright, Request, Route, TimeoutError

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
#: No name is found and no address reached but this machine's own: a request that leaves the site is seen, and fails.
CUT = [
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--proxy-server=http://127.0.0.1:9",
    "--proxy-bypass-list=127.0.0.1",
]
VIEWS = {"wide-light": (1280, 900, "light"), "wide-dark": (1280, 900, "dark"), "phone-light": (360, 740, "light")}
COMMANDS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
NO_BROWSER = (
    "no Chromium or Chrome on this machine: install one (Debian: apt install chromium) to run the browser tests"
)
#: Findings of axe-core that a reader with a screen reader or a keyboard cannot live with.
SERIOUS = ("serious", "critical")
#: Rules of axe-core that look at colours alone.
COLOURS = ("color-contrast", "link-in-text-block")


@dataclass
class Visit:
    """What happened when one page was opened in one view."""

    page: str
    view: str
    outside: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    facts: dict = field(default_factory=dict)
    width: list[int] = field(default_factory=list)
    axe: list[str] = field(default_factory=list)
    not_drawn: list[str] = field(default_factory=list)
    other_font: list[str] = field(default_factory=list)


def launch(playwright: Playwright, folder: Path) -> Browser | None:
    """Start the system's Chromium or Chrome so that it sees no Chinese font; None where there is no browser.

    The only fonts it knows are the Latin ones that matplotlib carries: every machine draws the same page.
    """
    fonts = folder / "fonts.conf"
    latin = Path(mpl.get_data_path()) / "fonts" / "ttf"
    fonts.write_text(
        f'<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig><dir>{latin}</dir>'
        f"<cachedir>{folder / 'fonts'}</cachedir></fontconfig>",
        encoding="utf-8",
    )
    settings = {"args": [*FLAGS, *CUT], "env": {**os.environ, "FONTCONFIG_FILE": str(fonts)}}
    command = next(filter(None, map(shutil.which, COMMANDS)), None)
    if command:
        return playwright.chromium.launch(executable_path=command, **settings)
    if sys.platform in ("darwin", "win32"):  # not on the path there; playwright knows the usual places
        try:
            return playwright.chromium.launch(channel="chrome", **settings)
        except Error:
            return None
    return None


def new_context(browser: Browser, view: str) -> BrowserContext:
    """Give the size and the colours of a view to all windows opened in it."""
    width, height, scheme = VIEWS[view]
    return browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)


def open_window(context: BrowserContext, home: str, log: Visit, change: Callable[[str], str] | None = None) -> Page:
    """Open a window that writes down requests that leave `home` (they fail, see CUT), errors and missing files.

    `change`, if given, rewrites the HTML of the page (for the tests of these checks).
    """
    window = context.new_page()
    window.set_default_timeout(30_000)
    own = (home, "data:", "blob:")

    def asked(request: Request) -> None:
        if not request.url.startswith(own):
            log.outside.append(request.url)

    def failed(request: Request) -> None:
        if request.url.startswith(home) and "ERR_ABORTED" not in (request.failure or ""):
            log.broken.append(request.url)

    window.on("request", asked)
    window.on("requestfailed", failed)
    window.on("response", lambda answer: log.broken.append(answer.url) if answer.status >= 400 else None)
    window.on("console", lambda message: log.errors.append(message.text) if message.type == "error" else None)
    window.on("pageerror", lambda error: log.errors.append(str(error)))
    if change:
        window.route("**/*.html", lambda route: _rewrite(route, change))
    return window


def _rewrite(route: Route, change: Callable[[str], str]) -> None:
    answer = route.fetch()
    route.fulfill(response=answer, body=change(answer.text()))


def settle(window: Page) -> None:
    """Wait until a page is complete; a formula that never comes is for the tests to find."""
    window.evaluate("async () => { await window.MathJax?.startup?.promise }")
    with suppress(TimeoutError):
        window.wait_for_function(SETTLED, timeout=5_000)


def visit(
    context: BrowserContext,
    home: str,
    page: str,
    view: str,
    change: Callable[[str], str] | None = None,
    axe: bool = True,
) -> Visit:
    """Open a page and write down what the tests ask about: first as it comes, then with every box open."""
    log = Visit(page, view)
    window = open_window(context, home, log, change)
    try:
        window.goto(f"{home}{page}.html", wait_until="load")
        settle(window)
        log.facts = window.evaluate(FACTS)
        log.width = [log.facts["width"], window.evaluate(OPEN)]
        settle(window)
        letters = sorted(set(HAN.findall(log.facts["text"])))
        if letters:
            log.not_drawn = window.evaluate(NOT_DRAWN, letters)
            log.other_font = drawn_by_another_font(window)
        if axe:
            log.axe = serious_findings(window, structure=view != "wide-dark", colours=view != "phone-light")
    finally:
        window.close()
    return log


def serious_findings(window: Page, structure: bool = True, colours: bool = True) -> list[str]:
    """Run axe-core on the page as it stands; one line for each serious or critical finding and place.

    The rules on colour are slow (a long chapter has 5,000 pieces of coloured code): they run last, on what is left when
    texts that only repeat a colour are taken out, and not on the phone, whose colours are the wide page's. Every
    other rule looks at everything, and not a second time in the dark, where nothing else is different.
    """
    window.evaluate("document.getAnimations().forEach((animation) => animation.finish())")
    window.evaluate(Axe().axe_script)
    run = "(options) => axe.run(options).then((found) => found.violations)"
    common = {"resultTypes": ["violations"], "preload": False}  # its own requests for style sheets would look like ours
    found = []
    if structure:
        found += window.evaluate(run, {**common, "rules": {rule: {"enabled": False} for rule in COLOURS}})
    if colours:
        window.evaluate(DROP_TWINS)
        found += window.evaluate(run, {**common, "runOnly": list(COLOURS)})
    return [
        f"{rule['id']}: {place['html'][:200]} ({json.dumps(place['target'])})"
        for rule in found
        if rule["impact"] in SERIOUS
        for place in rule["nodes"]
    ]


def drawn_by_another_font(window: Page) -> list[str]:
    """Ask the browser which font drew each visible Chinese character; return texts that the book's did not draw."""
    texts = window.evaluate(MARK_HAN)
    client = window.context.new_cdp_session(window)
    client.send("DOM.enable")
    client.send("CSS.enable")
    root = client.send("DOM.getDocument")["root"]["nodeId"]
    boxes = client.send("DOM.querySelectorAll", {"nodeId": root, "selector": "[data-han]"})["nodeIds"]
    assert len(boxes) == len(texts)
    wrong = []
    for box, (text, count) in zip(boxes, texts, strict=True):
        fonts = client.send("CSS.getPlatformFontsForNode", {"nodeId": box})["fonts"]
        if sum(font["glyphCount"] for font in fonts if font["isCustomFont"]) < count:
            wrong.append(text[:80])
    client.detach()
    return wrong
