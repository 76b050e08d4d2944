"""Make pages lighter without changing how they look: matplotlib's SVG and Pygments' HTML say most things many times."""

import re
from collections import Counter

#: Pieces of code that both Pygments styles of the book draw in the colour of the code around them.
PLAIN = ("n", "p", "w")

_LEFT_OUT = re.compile(r"<\?xml.*?\?>|<!DOCTYPE.*?>|<!--.*?-->|<metadata>.*?</metadata>", re.S)
_PLACES = re.compile(r' (d|x|y|points)="([^"]*)"')
_STYLE = re.compile(r' style="([^"]*)"')
#: Names that matplotlib gives to groups and nothing refers to.
_NAMES = re.compile(
    r' id="(?:figure|axes|patch|line2d|text|[xyz]tick|legend|matplotlib|\w*Collection|QuadMesh|FillBetween)[\w.]*"'
)


def lighter_svg(svg: str) -> str:
    """Return a picture of matplotlib in about two thirds of its bytes, the same to a hundredth of a point.

    Places are rounded to two decimals, comments and metadata left out, styles that return are said once. The picture is
    for a file of its own: its class names would meet others inside a page.
    """
    svg = _PLACES.sub(lambda match: f' {match[1]}="{_short_places(match[2])}"', _LEFT_OUT.sub("", svg))
    svg = re.sub(r">\s+<", "><", _NAMES.sub("", svg)).strip()
    often = [style for style, count in Counter(_STYLE.findall(svg)).most_common() if count > 2]
    names = {style: f"s{place}" for place, style in enumerate(often)}
    svg = _STYLE.sub(lambda match: f' class="{names[match[1]]}"' if match[1] in names else match[0], svg)
    rules = "".join(f".{name}{{{style}}}" for style, name in names.items())
    return svg.replace("</style>", f"{rules}</style>", 1)


def _short_places(text: str) -> str:
    text = re.sub(r"-?\d+\.\d+", lambda match: f"{float(match[0]):.2f}".rstrip("0").rstrip("."), text)
    return re.sub(r" ?([A-Za-z]) ?", r"\1", " ".join(text.split()))


def lighter_html(page: str) -> str:
    """Return a page without the marks on pieces of code that have no colour of their own (see PLAIN)."""
    return re.sub(rf'<span class="(?:{"|".join(PLAIN)})">([^<]*)</span>', r"\1", page)
