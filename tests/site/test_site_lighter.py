"""Lighter pictures and pages look the same: what is taken out of them is only weight."""

import io
import re
from xml.etree import ElementTree

import matplotlib.pyplot as plt
import numpy as np
import pytest
from book_pages import HTML
from playwright.sync_api import BrowserContext

import lighter
from helpers import figures
from lighter import PLAIN, lighter_html, lighter_svg

# Draws two pictures; returns the share of values that differ, by any amount and visibly, and how many are not ground.
DIFFERENCE = """async (pictures) => {
    const dots = [];
    for (const picture of pictures) {
        const image = new Image();
        image.src = "data:image/svg+xml;base64," + btoa(unescape(encodeURIComponent(picture)));
        await image.decode();
        const canvas = document.createElement("canvas");
        canvas.width = 900;
        canvas.height = 560;
        const pen = canvas.getContext("2d");
        pen.drawImage(image, 0, 0, 900, 560);
        dots.push(pen.getImageData(0, 0, 900, 560).data);
    }
    let any = 0, visible = 0, drawn = 0;
    for (let place = 0; place < dots[0].length; place++) {
        const difference = Math.abs(dots[0][place] - dots[1][place]);
        any += difference > 0;
        visible += difference > 8;
        drawn += dots[0][place] !== dots[0][place % 4];
    }
    return [any / dots[0].length, visible / dots[0].length, drawn];
}"""


@pytest.fixture(scope="module")
def picture() -> str:
    """Lines, dots, bars, an area, a legend and Chinese words, in the book's style."""
    random = np.random.default_rng(7)
    figure, (left, right) = plt.subplots(1, 2)
    left.plot(random.normal(size=60).cumsum(), label="path 路径")
    left.fill_between(range(60), -3, 3, alpha=0.2)
    left.scatter(random.uniform(0, 60, 80), random.normal(size=80), s=12, edgecolor=figures.PAPER)
    left.legend(title="碳排放强度")
    right.bar(range(8), random.uniform(1, 9, 8), yerr=0.4)
    right.set(xlabel="year", ylabel="zones 试验区")
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg")
    plt.close(figure)
    return buffer.getvalue()


def test_lighter_picture_has_the_same_pieces(picture: str) -> None:
    light = lighter_svg(picture)
    assert len(light) < 0.75 * len(picture)
    assert not re.search(r'style="[^"]*"', light) or light.count('style="') < picture.count('style="')
    pieces = [
        sorted(
            node.tag.rpartition("}")[2]
            for node in ElementTree.fromstring(text).iter()
            if node.tag.rpartition("}")[2] in ("path", "use", "rect")
        )
        for text in (picture, light)
    ]
    assert pieces[0] == pieces[1]


def test_every_name_that_is_used_is_still_there(picture: str) -> None:
    light = lighter_svg(picture)
    names = set(re.findall(r' id="([^"]+)"', light))
    asked = set(re.findall(r'href="#([^"]+)"', light)) | set(re.findall(r"url\(#([^)]+)\)", light))
    assert asked
    assert asked <= names


@pytest.mark.browser
def test_lighter_picture_looks_the_same(
    picture: str, contexts: dict[str, BrowserContext], monkeypatch: pytest.MonkeyPatch
) -> None:
    window = contexts["wide-light"].new_page()
    _, rounded, drawn = window.evaluate(DIFFERENCE, [picture, lighter_svg(picture)])
    _, moved, _ = window.evaluate(DIFFERENCE, [picture, picture.replace('x="', 'x="9')])
    monkeypatch.setattr(lighter, "_short_places", lambda places: places)
    any_difference, _, _ = window.evaluate(DIFFERENCE, [picture, lighter_svg(picture)])
    window.close()
    assert drawn > 5_000
    assert any_difference == 0, "without rounding, the picture is the same to the last dot"
    assert rounded < 0.001, "rounding moves an edge by a hundredth of a point, which few dots show"
    assert moved > 0.005, "a picture that differs is seen to differ"


def test_code_without_its_own_colour_loses_its_marks_only() -> None:
    code = '<span class="n">zones</span><span class="w"> </span><span class="o">=</span><span class="p">(&lt;)</span>'
    assert lighter_html(code) == 'zones <span class="o">=</span>(&lt;)'


@pytest.mark.site
@pytest.mark.usefixtures("html")
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_unmarked_code_has_the_colour_of_the_code_around_it(theme: str) -> None:
    style = (HTML / "_static" / "pygments.css").read_text(encoding="utf-8")
    base = re.search(rf'html\[data-theme="{theme}"\] \.highlight \{{[^}}]*[^-]color: (#\w+)', style)[1]
    for name in PLAIN:
        assert re.findall(rf'html\[data-theme="{theme}"\] \.highlight \.{name} \{{ (.*?) \}}', style) == [
            f"color: {base}"
        ]
