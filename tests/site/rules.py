"""What every page of the site keeps in every view: each rule takes a visit and returns what is wrong, line by line."""

import re
from functools import cache

from book_pages import HAN, ROOT
from fontTools.ttLib import TTFont
from visits import VIEWS, Visit

FONT = ROOT / "_static" / "fonts" / "book-han.woff2"


def stays_inside(seen: Visit) -> list[str]:
    """No request leaves the site."""
    return seen.outside


def runs_without_error(seen: Visit) -> list[str]:
    """The console shows no error and no script stops."""
    return seen.errors


def misses_no_file(seen: Visit) -> list[str]:
    """Every file of its own that a page asks for is there, every picture can be drawn."""
    return seen.broken + [f"picture cannot be drawn: {one['file']}" for one in seen.facts["pictures"] if one["broken"]]


def fits_the_screen(seen: Visit) -> list[str]:
    """Nothing makes the page scroll sideways, neither as it comes nor with every box open."""
    width = VIEWS[seen.view][0]
    states = zip(("as it comes", "with every box open"), seen.width, strict=True)
    return [f"{state}: {wide} px wide on a screen of {width}" for state, wide in states if wide > width]


def describes_figures(seen: Visit) -> list[str]:
    """A figure is described in at least 40 characters, with a number, in other words than its caption."""
    wrong = []
    for picture in seen.facts["pictures"]:
        alt, name = picture["alt"], picture["file"]
        if picture["figure"]:
            if len(alt) < 40:
                wrong.append(f"{name}: {len(alt)} characters of alternative text: {alt!r}")
            if not re.search(r"\d", alt):
                wrong.append(f"{name}: no number in the alternative text: {alt!r}")
            if alt.casefold() == picture["caption"].casefold():
                wrong.append(f"{name}: the alternative text repeats the caption")
        elif not alt:
            wrong.append(f"{name}: no alternative text")
    return wrong


def draws_formulas(seen: Visit) -> list[str]:
    """Every formula is drawn, none shows its source or an error."""
    formulas = seen.facts["formulas"]
    wrong = [f"not drawn: {formula['text']}" for formula in formulas if not formula["drawn"]]
    wrong += [f"MathJax reports an error in: {formula['text']}" for formula in formulas if formula["error"]]
    return wrong + [f"source of a formula in the text: {mark}" for mark in seen.facts["raw"]]


@cache
def glyphs() -> frozenset[str]:
    """Characters that the book's Chinese font can draw."""
    return frozenset(map(chr, TTFont(FONT).getBestCmap()))


def draws_chinese(seen: Visit) -> list[str]:
    """Each Chinese character is in the book's font, drawn by it, and differs from the empty box of a missing one."""
    letters = set(HAN.findall(seen.facts["text"]))
    if not letters:
        return []
    wrong = [] if seen.facts["fonts"] == ["loaded"] else [f"the book's font: {seen.facts['fonts']}"]
    if absent := sorted(letters - glyphs()):
        wrong.append(f"not in book-han.woff2 (make font adds them): {''.join(absent)}")
    if seen.not_drawn:
        wrong.append(f"blank, or the same dots as another character: {''.join(seen.not_drawn)}")
    return wrong + [f"drawn by another font: {text}" for text in seen.other_font]


def can_be_used_by_all(seen: Visit) -> list[str]:
    """axe-core has no serious or critical finding."""
    return seen.axe


RULES = (
    stays_inside,
    runs_without_error,
    misses_no_file,
    fits_the_screen,
    describes_figures,
    draws_formulas,
    draws_chinese,
    can_be_used_by_all,
)
