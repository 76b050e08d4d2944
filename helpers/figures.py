"""Figures of the book: one style, one door (:func:`show`), and no picture without words for those who cannot see it.

A notebook draws with matplotlib or seaborn and ends the cell with :func:`show`. Number, caption and label stand in the
cell's metadata (``mystnb: {figure: {caption: ..., name: fig-...}}``), so that the text can refer to them; the
alternative text is computed in the cell, because it states a number.
"""

import base64
import html
import io
import re
from collections.abc import Iterable
from importlib import resources

import matplotlib as mpl
import pandas as pd
from IPython.display import display
from matplotlib import font_manager
from matplotlib.figure import Figure

from helpers import kinds
from helpers.tables import badge

INK, MUTED, GRID, PAPER = "#1f2933", "#5b6770", "#d5dbe1", "#ffffff"
#: Blue, orange, green, purple, sky, vermilion after Okabe and Ito (2008): safe for colour-blind readers, on white
#: and on black.
PALETTE = ("#0072b2", "#d98200", "#008f68", "#b8608f", "#3f9fd6", "#d55e00")
FALLBACK_FONT = "Book Han"

_STYLE = {
    "figure.figsize": (7.2, 4.0),
    "figure.facecolor": PAPER,
    "figure.constrained_layout.use": True,
    "savefig.facecolor": PAPER,
    "axes.facecolor": "none",
    "axes.edgecolor": MUTED,
    "axes.labelcolor": INK,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.prop_cycle": mpl.cycler(color=PALETTE),
    "grid.color": GRID,
    "grid.linewidth": 0.7,
    "text.color": INK,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "legend.frameon": False,
    "font.size": 10.5,
    "font.family": ["DejaVu Sans", FALLBACK_FONT],
    "svg.fonttype": "path",
    "svg.hashsalt": "trade-carbon-causality",
}


def use_book_style() -> None:
    """Set matplotlib's defaults to the book's style and register the Chinese fallback font that ships with the book."""
    known = {entry.name for entry in font_manager.fontManager.ttflist}
    if FALLBACK_FONT not in known:
        with resources.as_file(resources.files("helpers") / "fonts" / "book-han.otf") as path:
            font_manager.fontManager.addfont(str(path))
    mpl.rcParams.update(_STYLE)


def show(
    figure: Figure,
    *,
    kind: str | Iterable[str],
    alt: str,
    source: str = "",
    data: pd.DataFrame | None = None,
) -> None:
    """Show a figure with its label, its words and its data.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        The picture; it carries no title (the caption stands in the cell's metadata).
    kind : str or iterable of str
        Kind of data: ``real``, ``published``, ``simulated``, ``local``, or the kinds of all tables that went in.
    alt : str
        What the picture shows, for a reader who cannot see it: at least 40 characters, with a computed number.
    source : str, optional
        Where the data come from, in a few words.
    data : pandas.DataFrame, optional
        The numbers behind the picture, offered as a CSV file one click away.

    Raises
    ------
    ValueError
        If `alt` is missing, too short or without a number; if `kind` is unknown; if the picture has a title.
    """
    label = kinds.combine(kind)
    if not isinstance(alt, str) or len(alt.strip()) < 40:
        raise ValueError("figures.show: alt must say what the picture shows, in at least 40 characters")
    if not re.search(r"\d", alt):
        raise ValueError("figures.show: alt must state at least one computed number")
    if figure.get_suptitle() or any(
        axes.get_title(loc=loc) for axes in figure.axes for loc in ("left", "center", "right")
    ):
        raise ValueError("figures.show: no title inside the picture; write the caption into the cell's metadata")
    figure.text(0.999, 0.0, f"{label} data", ha="right", va="top", fontsize=8, color=MUTED)
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", bbox_inches="tight", metadata={"Date": None, "Creator": None})
    mpl.pyplot.close(figure)
    text = re.sub(r"[ \t]+\n", "\n", buffer.getvalue())
    facts = {"alt": alt.strip(), "note": _note(label, source, data)}
    display(
        {"image/svg+xml": text, "text/plain": alt.strip()},
        metadata={"image/svg+xml": facts},
        raw=True,
    )


def _note(label: str, source: str, data: pd.DataFrame | None) -> str:
    parts = [badge(label)]
    if source:
        parts.append(html.escape(source))
    if data is not None:
        csv = base64.b64encode(data.to_csv(index=False, lineterminator="\n").encode("utf-8")).decode("ascii")
        parts.append(f'<a download="figure-data.csv" href="data:text/csv;charset=utf-8;base64,{csv}">Data (CSV)</a>')
    return " · ".join(parts)


use_book_style()
