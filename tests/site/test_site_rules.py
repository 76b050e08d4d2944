"""The rules on pages can fail: each finds what is broken on purpose in a page that is otherwise right."""

from collections.abc import Callable

import pytest
import rules
from playwright.sync_api import BrowserContext
from visits import Visit, visit

pytestmark = [pytest.mark.site, pytest.mark.browser]

PAGE = "index"
GOOD = 'alt="Bars that rise from 1 in 2015 to 105 in 2022, most of them in the east"'
BROKEN = {
    "picture from elsewhere": (rules.stays_inside, f'<img src="https://example.org/x.png" {GOOD}>'),
    "address as a number": (rules.stays_inside, '<script src="http://203.0.113.1/x.js"></script>'),
    "message in the console": (rules.runs_without_error, "<script>console.error('broken')</script>"),
    "script that stops": (rules.runs_without_error, "<script>null.x</script>"),
    "picture that is missing": (rules.misses_no_file, f'<img src="missing.png" {GOOD}>'),
    "script that is missing": (rules.misses_no_file, '<script src="missing.js"></script>'),
    "wide box": (rules.fits_the_screen, '<div style="width: 400px">wide</div>'),
    "wide box in a closed one": (
        rules.fits_the_screen,
        '<details><summary>more</summary><div style="width: 400px">wide</div></details>',
    ),
    "figure without words": (rules.describes_figures, '<figure><img src="_static/favicon.svg" alt=""></figure>'),
    "figure in few words": (rules.describes_figures, '<figure><img src="_static/favicon.svg" alt="Map 1"></figure>'),
    "figure without a number": (
        rules.describes_figures,
        f'<figure><img src="_static/favicon.svg" alt="{"Many bars that rise to the right. " * 2}"></figure>',
    ),
    "figure that repeats its caption": (
        rules.describes_figures,
        f'<figure><img src="_static/favicon.svg" {GOOD}><figcaption><span class="caption-text">'
        f"{GOOD[5:-1]}</span></figcaption></figure>",
    ),
    "picture without words": (rules.describes_figures, '<img src="_static/favicon.svg">'),
    "formula that stays source": (rules.draws_formulas, r'<p class="mathjax_ignore">where \(x\) is the share</p>'),
    "formula between dollars": (rules.draws_formulas, "<p>The largest eigenvalue of $A$ is below one.</p>"),
    "formula with a mistake": (rules.draws_formulas, r'<span class="math notranslate nohighlight">\(\frac{1\)</span>'),
    "character that the font lacks": (rules.draws_chinese, "<p>\u9f98\u9748</p>"),
    "characters in another font": (rules.draws_chinese, '<p style="font-family: sans-serif">\u78b3\u6392\u653e</p>'),
    "button without a name": (rules.can_be_used_by_all, "<button></button>"),
    "pale text": (rules.can_be_used_by_all, '<p style="color: #aaa; background: #fff">pale</p>'),
    "pale text in a closed box": (
        rules.can_be_used_by_all,
        '<details><summary>more</summary><p style="color: #aaa; background: #fff">pale</p></details>',
    ),
}


def with_insert(piece: str) -> Callable[[str], str]:
    """Put a piece of HTML before the end of a page's article."""
    return lambda page: page.replace("</article>", f"{piece}</article>", 1)


@pytest.mark.parametrize("broken", BROKEN)
def test_rule_finds(broken: str, contexts: dict[str, BrowserContext], home: str) -> None:
    rule, piece = BROKEN[broken]
    view = "phone-light" if rule is rules.fits_the_screen else "wide-light"
    seen: Visit = visit(contexts[view], home, PAGE, view, with_insert(piece), axe=rule is rules.can_be_used_by_all)
    assert rule(seen), f"{rule.__name__} did not see: {piece}"


def test_what_was_put_in_is_all_that_is_found(contexts: dict[str, BrowserContext], home: str) -> None:
    seen = visit(contexts["wide-light"], home, PAGE, "wide-light", with_insert("<p>Nothing wrong here, 没有错误。</p>"))
    assert not [finding for rule in rules.RULES for finding in rule(seen)]
