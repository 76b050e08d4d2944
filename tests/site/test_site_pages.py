"""Every page of the book in a browser whose network is cut: wide and light, wide and dark, on a phone."""

from collections.abc import Callable

import pytest
from book_pages import MADE, PAGES
from rules import RULES
from visits import VIEWS, Visit

pytestmark = [pytest.mark.site, pytest.mark.browser]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("page", [*PAGES, *MADE])
def test_page(page: str, view: str, rule: Callable[[Visit], list[str]], seen: Callable[[str, str], Visit]) -> None:
    wrong = rule(seen(page, view))
    assert not wrong, f"{page}, {view}: {rule.__doc__}\n  " + "\n  ".join(dict.fromkeys(wrong))
