"""From a list of approvals to a balanced treatment panel.

A list of pilot zones has one row a zone. A panel has one row a city and year. Between the two stand four choices: which
year a mid-year approval counts for, what a zone below prefecture level does to its prefecture, which of two dates is
used, and which cities are in the sample at all. This module makes the four choices explicit arguments.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

RULES = ("same_year", "following_year", "half_year", "december_next_year", "share")
BELOW_PREFECTURE = ("map_up", "drop", "partial")
DATES = ("signed", "released", "earliest", "latest")


class PanelError(ValueError):
    """A list of zones or a panel that no treatment can be coded from; the message names the rows."""


def _some(values: Iterable, limit: int = 8) -> str:
    values = [str(value) for value in values]
    return ", ".join(values[:limit]) + (f" and {len(values) - limit} more" if len(values) > limit else "")


def _require(frame: pd.DataFrame, columns: Iterable[str], what: str) -> None:
    missing = [column for column in columns if column not in frame.columns]
    if missing:
        raise PanelError(f"{what} lacks the column(s) {', '.join(missing)}")


def approval_date(zones: pd.DataFrame, date: str = "earliest") -> pd.Series:
    """Choose the date used for each zone; missing where the list holds none.

    Parameters
    ----------
    zones : pandas.DataFrame
        One row a zone, with the columns ``signed_date`` and ``released_date``.
    date : str
        ``'signed'`` or ``'released'`` use that column only; ``'earliest'`` takes the earlier of the confirmed dates (of
        the two, if both are known), ``'latest'`` the later.

    Returns
    -------
    pandas.Series
        Dates with the index of `zones`.

    Raises
    ------
    PanelError
        For an unknown `date` or missing columns.
    """
    if date not in DATES:
        raise PanelError(f"unknown date {date!r}; choose one of {', '.join(DATES)}")
    _require(zones, ["signed_date", "released_date"], "the list of zones")
    both = zones[["signed_date", "released_date"]].apply(pd.to_datetime)
    if date in ("signed", "released"):
        return both[f"{date}_date"].rename("date")
    return (both.min(axis=1) if date == "earliest" else both.max(axis=1)).rename("date")


def zone_timing(zones: pd.DataFrame, rule: str = "same_year", date: str = "earliest") -> pd.DataFrame:
    """Find the first treated year of every zone, and the share of that year that was treated.

    ====================== ==============================================================================
    rule                   first treated year
    ====================== ==============================================================================
    ``same_year``          the year of the batch, in full
    ``following_year``     the year after the batch
    ``half_year``          this year if approved from January to June, otherwise the next
    ``december_next_year`` the next year if approved in December, otherwise this year
    ``share``              this year, with the share (days from the approval to 31 December, both
                           included) / (days of the year)
    ====================== ==============================================================================

    The last three need a date (see :func:`approval_date`) and take the year from it.

    Parameters
    ----------
    zones : pandas.DataFrame
        One row a zone: ``batch_year``, or ``signed_date`` and ``released_date``.
    rule, date : str
        See above and :func:`approval_date`.

    Returns
    -------
    pandas.DataFrame
        With the index of `zones`: ``start`` (int64) and ``first_share`` (1.0 except under ``'share'``).

    Raises
    ------
    PanelError
        For an unknown rule, or where the rule needs a date that the list does not have (the zones are named).
    """
    if rule not in RULES:
        raise PanelError(f"unknown rule {rule!r}; choose one of {', '.join(RULES)}")
    if rule in ("same_year", "following_year"):
        _require(zones, ["batch_year"], "the list of zones")
        if zones["batch_year"].isna().any():
            raise PanelError(f"no batch year for {_some(_names(zones[zones['batch_year'].isna()]))}")
        start = zones["batch_year"].astype("int64") + (rule == "following_year")
        return pd.DataFrame({"start": start, "first_share": 1.0}, index=zones.index)
    when = approval_date(zones, date)
    if when.isna().any():
        without = _names(zones[when.isna()])
        raise PanelError(f"rule {rule!r} needs the {date} date, which {len(without)} zones lack: {_some(without)}")
    later = {"half_year": when.dt.month > 6, "december_next_year": when.dt.month == 12, "share": False}[rule]
    days = np.where(when.dt.is_leap_year, 366, 365)
    share = (days - when.dt.day_of_year + 1) / days if rule == "share" else 1.0
    return pd.DataFrame({"start": when.dt.year.astype("int64") + later, "first_share": share}, index=zones.index)


def _names(zones: pd.DataFrame) -> list[str]:
    column = next((name for name in ("zone_as_printed", "zone_zh", "adcode") if name in zones), None)
    return [str(value) for value in (zones[column] if column else zones.index)]


def treatment_panel(
    zones: pd.DataFrame,
    units: Iterable[int],
    years: Iterable[int],
    rule: str = "same_year",
    below_prefecture: str = "map_up",
    date: str = "earliest",
    partial_share: float | Mapping[int, float] | None = None,
) -> pd.DataFrame:
    """Code the list of zones into a balanced city-year panel of the treatment.

    Where two zones lie in one prefecture (Yiwu 2018 and Jinhua 2022) the earliest date wins.

    Parameters
    ----------
    zones : pandas.DataFrame
        One row a zone: ``adcode`` (host prefecture), ``below_prefecture`` (0/1), ``batch_year``, and the dates if the
        rule needs one.
    units : iterable of int
        Adcodes of the sample, each once. A zone whose prefecture is not among them leaves no trace (no city yearbook
        covers it, say): count such zones before you rely on the panel.
    years : iterable of int
        The years of the panel, each once.
    rule, date : str
        See :func:`zone_timing` and :func:`approval_date`.
    below_prefecture : str
        What a zone smaller than its prefecture does. ``'map_up'``: the whole prefecture counts as treated. ``'drop'``:
        the zone is ignored; another zone may still treat the prefecture. ``'partial'``: as ``'map_up'``, but the
        unit-years that rest on such a zone alone are flagged in ``partial``, and their ``share`` is missing unless
        `partial_share` says how much of the prefecture the zone is.
    partial_share : float or mapping of int to float, optional
        Between 0 and 1, one number or one for each host adcode (only with ``'partial'``).

    Returns
    -------
    pandas.DataFrame
        Sorted by ``adcode`` and ``year``, with ``treated`` (int64, 0/1), ``cohort`` (Int64, first treated year; missing
        for a city that is never treated, and possibly after the last year of the panel), ``event_time`` (Int64, year
        minus cohort), ``share`` (float, share of the unit-year that was treated) and ``partial`` (bool).

    Raises
    ------
    PanelError
        For an unknown rule or option, repeated units or years, a zone without a host prefecture, a missing date.
    """
    if below_prefecture not in BELOW_PREFECTURE:
        raise PanelError(f"unknown below_prefecture {below_prefecture!r}; choose one of {', '.join(BELOW_PREFECTURE)}")
    if partial_share is not None and below_prefecture != "partial":
        raise PanelError("partial_share is only used with below_prefecture='partial'")
    _require(zones, ["adcode", "below_prefecture"], "the list of zones")
    if zones["adcode"].isna().any():
        raise PanelError(f"no host prefecture (adcode) for {_some(_names(zones[zones['adcode'].isna()]))}")
    units, years = _each_once(units, "units"), _each_once(years, "years")
    smaller = zones["below_prefecture"].astype(int) == 1
    if below_prefecture == "drop":
        zones, smaller = zones[~smaller], smaller[~smaller]
    timing = zone_timing(zones, rule, date)

    exposure = {"whole": np.zeros((len(units), len(years))), "part": np.zeros((len(units), len(years)))}
    position = {unit: row for row, unit in enumerate(units)}
    first: dict[int, int] = {}
    rows = zip(zones["adcode"].astype(int), smaller, timing["start"], timing["first_share"], strict=True)
    for adcode, is_smaller, start, first_share in rows:
        if adcode not in position:
            continue
        of_year = np.where(years > start, 1.0, np.where(years == start, first_share, 0.0))
        kind = exposure["part" if is_smaller and below_prefecture == "partial" else "whole"]
        kind[position[adcode]] = np.maximum(kind[position[adcode]], of_year)
        first[adcode] = min(start, first.get(adcode, start))

    whole, part = exposure["whole"], exposure["part"]
    extra = np.maximum(part - whole, 0.0)
    size = _partial_sizes(partial_share, units)[:, None]
    share = whole + np.where(extra > 0, extra * size, 0.0)
    panel = pd.DataFrame({"adcode": np.repeat(units, len(years)), "year": np.tile(years, len(units))})
    panel["treated"] = ((whole + part) > 0).astype("int64").ravel()
    panel["cohort"] = panel["adcode"].map(first).astype("Int64")
    panel["event_time"] = panel["year"].astype("Int64") - panel["cohort"]
    panel["share"] = share.ravel()
    panel["partial"] = ((part > 0) & (whole == 0)).ravel()
    return panel


def _each_once(values: Iterable[int], what: str) -> np.ndarray:
    series = pd.Series(list(values))
    if series.empty or series.isna().any():
        raise PanelError(f"{what} must be a non-empty list without missing values")
    if series.duplicated().any():
        raise PanelError(f"{what} repeat: {_some(series[series.duplicated()].unique())}")
    return np.sort(series.astype("int64").to_numpy())


def _partial_sizes(partial_share: float | Mapping[int, float] | None, units: np.ndarray) -> np.ndarray:
    if partial_share is None:
        return np.full(len(units), np.nan)
    given = partial_share if isinstance(partial_share, Mapping) else dict.fromkeys(units.tolist(), partial_share)
    wrong = [key for key, value in given.items() if not 0 <= value <= 1]
    if wrong:
        raise PanelError(f"partial_share must lie between 0 and 1; it does not for {_some(wrong)}")
    return np.array([given.get(unit, np.nan) for unit in units.tolist()], dtype=float)


def check_panel(
    panel: pd.DataFrame, unit: str = "adcode", year: str = "year", treated: str = "treated"
) -> pd.DataFrame:
    """Refuse every panel that a staggered design cannot use; return the treatment as a table, units by years.

    Parameters
    ----------
    panel : pandas.DataFrame
        One row a unit-year.
    unit, year, treated : str
        Names of the columns.

    Returns
    -------
    pandas.DataFrame
        Treatment (float), units in rows and years in columns, both sorted.

    Raises
    ------
    PanelError
        For missing columns or values, duplicated unit-years, an unbalanced panel, a treatment that is not 0/1, or one
        that switches off. Units and years are named.
    """
    _require(panel, [unit, year, treated], "the panel")
    if panel.empty or panel[[unit, year, treated]].isna().any().any():
        raise PanelError(f"the panel is empty or has missing values in {unit}, {year} or {treated}")
    twice = panel.duplicated([unit, year])
    if twice.any():
        pairs = panel.loc[twice, [unit, year]].drop_duplicates().itertuples(index=False)
        raise PanelError(f"duplicated unit-years: {_some(f'{row[0]} in {row[1]}' for row in pairs)}")
    wide = panel.pivot(index=unit, columns=year, values=treated).astype(float)
    holes = wide.isna()
    if holes.any().any():
        where = [f"{row} in {column}" for row, column in holes.stack()[lambda s: s].index]
        raise PanelError(f"the panel is unbalanced, {len(where)} unit-years are missing: {_some(where)}")
    if not np.isin(wide.to_numpy(), (0.0, 1.0)).all():
        raise PanelError(f"{treated} must hold 0 and 1 only")
    off = wide.diff(axis=1) < 0
    if off.any().any():
        where = [f"{row} in {column}" for row, column in off.stack()[lambda s: s].index]
        raise PanelError(f"the treatment switches off: {_some(where)}")
    return wide
