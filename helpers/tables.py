"""Tables of the book: labelled with their kind of data, readable on a phone, sortable on the page."""

import html
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from pandas.api import types

from helpers import kinds
from helpers.intervals import printed_number, rounding_interval

_NO_SEPARATOR = ("year", "adcode", "cohort", "code")


def badge(kind: str | Iterable[str]) -> str:
    """Return the label of a kind of data as a small HTML badge."""
    label = kinds.combine(kind)
    return f'<span class="kind kind-{label.split()[0]}">{label} data</span>'


@dataclass(frozen=True)
class Table:
    """A table ready for the page; a notebook shows it when it is the last value of a cell.

    Attributes
    ----------
    frame : pandas.DataFrame
        The values as computed, not rounded.
    kind : str
        Label of the data.
    html : str
        The rendered table.
    """

    frame: pd.DataFrame
    kind: str
    html: str

    def _repr_html_(self) -> str:
        return self.html

    def __repr__(self) -> str:
        return f"[{self.kind} data]\n{self.frame.to_string()}"


def show(
    frame: pd.DataFrame,
    *,
    kind: str | Iterable[str],
    caption: str,
    decimals: int | Mapping[str, int] = 3,
    index: bool = True,
    source: str = "",
) -> Table:
    """Render a frame as a labelled, sortable table.

    Parameters
    ----------
    frame : pandas.DataFrame
        What to show; a named index becomes the first column.
    kind : str or iterable of str
        Kind(s) of the data that went in (see :mod:`helpers.kinds`).
    caption : str
        What the table shows, in a sentence.
    decimals : int or mapping of column to int
        Digits after the point for columns of floats.
    index : bool
        Whether the index is shown.
    source : str, optional
        Where the data come from.

    Returns
    -------
    Table

    Raises
    ------
    ValueError
        If `kind` is unknown, `caption` is empty, or the frame has no columns.
    """
    label = kinds.combine(kind)
    if not caption.strip():
        raise ValueError("tables.show: a table needs a caption")
    if frame.shape[1] == 0:
        raise ValueError("tables.show: the frame has no columns")
    shown = frame.reset_index() if index else frame
    shown = shown.rename(columns={"index": ""})
    columns = [str(name).replace("_", " ") for name in shown.columns]
    cells = [_column(shown.iloc[:, place], _digits(decimals, name)) for place, name in enumerate(shown.columns)]
    numeric = [bool(cell) and all('"number"' in one or one == "<td></td>" for one in cell) for cell in cells]
    head = "".join(
        f'<th scope="col"{mark}>{html.escape(name)}</th>'
        for name, mark in zip(columns, [' class="number"' if right else "" for right in numeric], strict=True)
    )
    rows = "\n".join("<tr>" + "".join(row) + "</tr>" for row in zip(*cells, strict=True))
    note = f" · {html.escape(source)}" if source else ""
    return Table(
        frame,
        label,
        f'<div class="book-table" tabindex="0" role="region" aria-label="{html.escape(caption)}">'
        f'<table class="sortable"><caption>{html.escape(caption)} {badge(label)}{note}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>\n{rows}\n</tbody></table></div>",
    )


def _digits(decimals: int | Mapping[str, int], name: object) -> int:
    return decimals if isinstance(decimals, int) else decimals.get(str(name), 3)


def _column(values: pd.Series, digits: int) -> list[str]:
    name = str(values.name).lower()
    plain = any(word in name for word in _NO_SEPARATOR)
    cells = []
    for value in values:
        if not pd.api.types.is_scalar(value) or isinstance(value, str) or pd.isna(value):
            text = "" if pd.api.types.is_scalar(value) and pd.isna(value) else html.escape(str(value))
            cells.append(f'<td class="long">{text}</td>' if len(text) > 60 else f"<td>{text}</td>")
        elif isinstance(value, bool | np.bool_):
            cells.append(f"<td>{'yes' if value else 'no'}</td>")
        elif types.is_integer(value):
            cells.append(f'<td class="number" data-value="{value}">{_whole(int(value), plain)}</td>')
        elif types.is_float(value):
            cells.append(f'<td class="number" data-value="{float(value)!r}">{_number(float(value), digits)}</td>')
        elif isinstance(value, pd.Timestamp):
            cells.append(f'<td class="date">{value:%Y-%m-%d}</td>')
        else:
            cells.append(f"<td>{html.escape(str(value))}</td>")
    return cells


def _whole(value: int, plain: bool) -> str:
    return (str(value) if plain else f"{value:,}").replace("-", "\N{MINUS SIGN}")


def _number(value: float, digits: int) -> str:
    return f"{value + 0.0:,.{digits}f}".replace("-", "\N{MINUS SIGN}")  # + 0.0 takes the sign off a zero


def passport(steps: Sequence[Mapping[str, object]]) -> Table:
    """Show the data passport of a chapter: every table used, its kind, its unit and N at every step of the join.

    Parameters
    ----------
    steps : sequence of mappings
        One mapping a step with the keys ``step`` (what was done), ``kind``, ``unit`` (what one row is) and ``rows``.

    Returns
    -------
    Table
        Labelled with the combined kind of all steps.

    Raises
    ------
    ValueError
        If a step lacks one of the four keys or names an unknown kind.
    """
    needed = ["step", "kind", "unit", "rows"]
    for place, step in enumerate(steps, start=1):
        missing = [key for key in needed if key not in step]
        if missing:
            raise ValueError(f"tables.passport: step {place} lacks {', '.join(missing)}")
        kinds.combine(str(step["kind"]))
    frame = pd.DataFrame([{key: step[key] for key in needed} for step in steps])
    return show(
        frame,
        kind=[str(step["kind"]) for step in steps],
        caption="Data passport: every table of this chapter, and how many rows each step keeps",
        index=False,
    )


def printed_and_ours(rows: Sequence[Mapping[str, object]], *, kind: str | Iterable[str]) -> Table:
    """Set printed numbers beside the ones computed here.

    Two numbers agree when ours lies in the rounding interval of the printed one (a printed 0.08 stands for 0.075 to
    0.085). A tie counts as agreement, because print does not tell how its authors rounded.

    Parameters
    ----------
    rows : sequence of mappings
        Keys ``quantity``, ``place`` (where it is printed), ``printed`` (text, with the printed digits) and ``ours``
        (float). A row may also hold ``truth``; what is not a number (a reader's own panel has no known truth) stays
        blank.
    kind : str or iterable of str
        Kind of the data that `ours` was computed from.

    Returns
    -------
    Table
        Columns quantity, place, printed, ours, truth (if a row has it), difference, agrees_to_printed_digits.

    Raises
    ------
    ValueError
        If there is no row, a row lacks a key, a printed value is not a number written as text, or ours is no number.
    """
    if not rows:
        raise ValueError("tables.printed_and_ours: no rows to show")
    table = []
    for place, row in enumerate(rows, start=1):
        if missing := [key for key in ("quantity", "place", "printed", "ours") if key not in row]:
            raise ValueError(f"tables.printed_and_ours: row {place} lacks {', '.join(missing)}")
        printed, ours = row["printed"], row["ours"]
        if not isinstance(printed, str):
            raise ValueError(f"tables.printed_and_ours: write {row['quantity']!r} as text, as printed: '{printed}'")
        text = printed.replace(",", "").replace("\N{MINUS SIGN}", "-")
        try:
            value, agrees = printed_number(text), rounding_interval(text).overlaps(float(ours))
        except (TypeError, ValueError) as problem:
            raise ValueError(f"tables.printed_and_ours, {row['quantity']!r}: {problem}") from None
        if "." not in text and float(ours).is_integer():
            value, ours = int(value), int(ours)
        else:
            ours = float(ours)
        table.append(
            {
                "quantity": row["quantity"],
                "place": row["place"],
                "printed": printed,
                "ours": ours,
                "truth": row.get("truth"),
                "difference": ours - value,
                "agrees_to_printed_digits": agrees,
            }
        )
    names = [name for name in table[0] if name != "truth" or any("truth" in row for row in rows)]
    frame = pd.DataFrame({name: pd.Series([row[name] for row in table], dtype=object) for name in names})
    return show(
        frame,
        kind=kind,
        caption="Printed and computed here, side by side",
        decimals=4,
        index=False,
    )


def key_numbers(numbers: Mapping[str, float | int | str], decimals: int = 3) -> None:
    """Print the key numbers of a chapter, rounded, one a line: the output that the tests compare.

    Parameters
    ----------
    numbers : mapping of label to value
    decimals : int
        Digits after the point for floats. What rounds to zero has no sign, so that a last bit cannot change the text.
        A float that is not a number prints as a blank.

    Raises
    ------
    ValueError
        If there is no number.
    """
    if not numbers:
        raise ValueError("tables.key_numbers: no numbers to print")
    width = max(len(label) for label in numbers)
    for label, value in numbers.items():
        text = str(value)
        if isinstance(value, float | np.floating):
            text = "" if np.isnan(value) else f"{round(float(value), decimals) + 0.0:.{decimals}f}"
        print(f"{label:<{width}}  {text}".rstrip())
