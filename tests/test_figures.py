"""Figures: refused without words, the same bytes in every run, Chinese drawn where the system has no Chinese font."""

import base64
import io
import os
import re
import subprocess
import sys
import warnings
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd
import pytest
from matplotlib import font_manager
from matplotlib.figure import Figure

import make_font
from helpers import figures

ALT = "Bars of approvals by year, rising from 1 in 2015 to 46 in 2020."


@pytest.fixture
def bars() -> Figure:
    """Provide a small figure."""
    figure, axes = plt.subplots()
    axes.bar([2015, 2020], [1, 46])
    axes.set_xlabel("year 年份")
    yield figure
    plt.close(figure)


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[dict, dict]]:
    """Collect what show hands to the notebook."""
    collected: list[tuple[dict, dict]] = []
    monkeypatch.setattr(figures, "display", lambda data, metadata, raw: collected.append((data, metadata)))
    return collected


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"alt": ""}, "at least 40 characters"),
        ({"alt": None}, "at least 40 characters"),
        ({"alt": "Bars rising to 46."}, "at least 40 characters"),
        ({"alt": " " * 60 + "46"}, "at least 40 characters"),
        ({"alt": "Bars of approvals by year, rising in most of the years."}, "computed number"),
        ({"kind": "true"}, "unknown kind"),
        ({"kind": ""}, "kind of data is missing"),
        ({"kind": []}, "no kind of data"),
    ],
)
def test_a_figure_without_words_or_label_is_refused(bars: Figure, sent: list, change: dict, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        figures.show(bars, **{"kind": "real", "alt": ALT, **change})
    assert not sent


@pytest.mark.parametrize("needed", ["alt", "kind"])
def test_words_and_label_cannot_be_left_out(bars: Figure, needed: str) -> None:
    with pytest.raises(TypeError, match=needed):
        figures.show(bars, **{name: value for name, value in {"kind": "real", "alt": ALT}.items() if name != needed})


@pytest.mark.parametrize("loc", ["left", "center", "right"])
def test_a_title_inside_the_picture_is_refused(bars: Figure, sent: list, loc: str) -> None:
    bars.axes[0].set_title("Approvals", loc=loc)
    with pytest.raises(ValueError, match="no title inside"):
        figures.show(bars, kind="real", alt=ALT)
    assert not sent


def test_a_title_above_all_panels_is_refused(bars: Figure) -> None:
    bars.suptitle("Approvals")
    with pytest.raises(ValueError, match="no title inside"):
        figures.show(bars, kind="real", alt=ALT)


def test_the_notebook_gets_picture_words_label_source_and_data(bars: Figure, sent: list) -> None:
    data = pd.DataFrame({"年份": [2015, 2020], "approvals": [1, 46]})
    figures.show(bars, kind=["real", "simulated"], alt=f"  {ALT} ", source="State <Council>", data=data)
    ((shown, metadata),) = sent
    assert shown["text/plain"] == ALT
    assert shown["image/svg+xml"].lstrip().startswith("<?xml")
    facts = metadata["image/svg+xml"]
    assert facts["alt"] == ALT
    assert "kind-simulated" in facts["note"]
    assert "State &lt;Council&gt;" in facts["note"]
    encoded = re.search(r"base64,([^\"]+)\"", facts["note"]).group(1)
    back = pd.read_csv(io.BytesIO(base64.b64decode(encoded)))
    pd.testing.assert_frame_equal(back, data)


def test_a_shown_figure_is_closed(bars: Figure, sent: list) -> None:
    figures.show(bars, kind="real", alt=ALT)
    assert not plt.fignum_exists(bars.number)


DRAWING = f"""
import hashlib
import matplotlib.pyplot as plt
import numpy as np
from helpers import figures

figures.display = lambda data, metadata, raw: print(hashlib.sha256(repr((data, metadata)).encode()).hexdigest())
figure, (left, right) = plt.subplots(1, 2)
left.plot(np.arange(9), np.arange(9) ** 2, marker="o", label="杭州")
left.fill_between(np.arange(9), 0, np.arange(9), alpha=0.3, hatch="//")
left.set_xlim(1, 5)
left.legend()
right.imshow(np.eye(3))
right.set_xlabel("碳排放强度")
figures.show(figure, kind="real", alt={ALT!r})
"""


def run(code: str, seed: str = "0") -> str:
    """Run code in a fresh Python whose sets are ordered by another seed, warnings being errors."""
    environment = {**os.environ, "PYTHONHASHSEED": seed, "MPLBACKEND": "agg"}
    done = subprocess.run(
        [sys.executable, "-W", "error::UserWarning", "-c", code],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_the_same_drawing_is_the_same_bytes_in_every_process() -> None:
    first, second = run(DRAWING, "1"), run(DRAWING, "2")
    assert len(first) == 64
    assert first == second


HIDING = """
import warnings, sys
import matplotlib.pyplot as plt
from matplotlib import font_manager
font_manager.fontManager.ttflist = [f for f in font_manager.fontManager.ttflist if "mpl-data" in f.fname]
font_manager.fontManager.afmlist = []
assert not [f.name for f in font_manager.fontManager.ttflist if "CJK" in f.name or "Han" in f.name]
from helpers import figures
figures.display = lambda data, metadata, raw: print(data["image/svg+xml"].count("<use "))
characters = sys.stdin.read()
lines = [characters[start:start + 60] for start in range(0, len(characters), 60)]
figure, axes = plt.subplots(figsize=(20, 0.4 * len(lines) + 1))
for place, line in enumerate(lines):
    axes.text(0, place, line)
axes.set(ylim=(-1, len(lines)), xticks=[], yticks=[])
figures.show(figure, kind="real", alt="A picture of 1 page of characters, from the first to the last of them.")
"""


def chinese() -> str:
    return "".join(sorted(make_font.characters_used()))


def draw_without_system_fonts(characters: str) -> subprocess.CompletedProcess:
    """Draw characters in a Python that knows only matplotlib's own fonts; warnings are errors."""
    environment = {**os.environ, "MPLBACKEND": "agg"}
    command = [sys.executable, "-W", "error", "-W", "ignore::DeprecationWarning", "-c", HIDING]
    return subprocess.run(command, env=environment, input=characters, capture_output=True, text=True, check=False)


def test_every_chinese_character_is_drawn_where_the_system_has_no_chinese_font() -> None:
    characters = chinese()
    assert len(characters) > 500
    done = draw_without_system_fonts(characters)
    assert done.returncode == 0, done.stderr[-2000:]
    assert int(done.stdout) >= len(characters)  # each glyph is drawn as a path that is used


def test_a_character_outside_the_font_would_be_noticed() -> None:
    done = draw_without_system_fonts("杭州\U00020000")
    assert done.returncode != 0
    assert "missing from font" in done.stderr


def test_every_face_of_the_book_has_the_chinese_font_behind_it() -> None:
    assert plt.rcParams["font.family"] == ["DejaVu Sans", figures.FALLBACK_FONT]
    path = font_manager.findfont(figures.FALLBACK_FONT, fallback_to_default=False)
    assert Path(path) == make_font.FIGURE_FONT


def test_style_can_be_set_again_without_doubling_the_font() -> None:
    figures.use_book_style()
    figures.use_book_style()
    names = [entry.name for entry in font_manager.fontManager.ttflist]
    assert names.count(figures.FALLBACK_FONT) == 1


def test_chinese_text_of_any_weight_raises_no_warning(bars: Figure, sent: list) -> None:
    bars.axes[0].set_ylabel("碳排放强度（吨）", fontweight="bold", fontstyle="italic")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figures.show(bars, kind="real", alt=ALT)
    assert sent


def luminance(colour: str) -> float:
    """Relative luminance of a colour (Web Content Accessibility Guidelines 2.2)."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    low, high = sorted((luminance(first), luminance(second)))
    return (high + 0.05) / (low + 0.05)


def on_the_dark_page(colour: str) -> str:
    """Turn a colour as the style sheet's filter does (Filter Effects Module Level 1, invert and hue-rotate by half)."""
    style = (Path(figures.__file__).parents[1] / "_static" / "book.css").read_text(encoding="utf-8")
    amount = float(re.search(r"img\.turns \{[^}]*filter: invert\(([\d.]+)\) hue-rotate\(180deg\)", style)[1])
    red, green, blue = (amount + int(colour[place : place + 2], 16) / 255 * (1 - 2 * amount) for place in (1, 3, 5))
    grey = 0.213 * red + 0.715 * green + 0.072 * blue
    turned = [min(1, max(0, 2 * grey - part)) for part in (red, green, blue)]
    return "#" + "".join(f"{round(255 * part):02x}" for part in turned)


def test_text_and_lines_can_be_seen_on_both_pages() -> None:
    paper = on_the_dark_page(figures.PAPER)
    assert luminance(paper) < 0.01
    for colour in (figures.INK, figures.MUTED):
        assert contrast(colour, figures.PAPER) >= 4.5
        assert contrast(on_the_dark_page(colour), paper) >= 4.5
    for colour in figures.PALETTE:
        assert contrast(colour, figures.PAPER) >= 2.4, colour
        assert contrast(on_the_dark_page(colour), paper) >= 3, colour
