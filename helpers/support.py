"""What a treatment panel can support: who adopts when, which event years hold how many cities, where controls run out.

Everything here is counted from the treatment alone, before any outcome is looked at.
"""

from __future__ import annotations

import pandas as pd

from helpers.panel import PanelError, check_panel


def adoption_curve(panel: pd.DataFrame, unit: str = "adcode", year: str = "year") -> pd.DataFrame:
    """Count the cities treated in each year.

    Parameters
    ----------
    panel : pandas.DataFrame
        A balanced treatment panel.
    unit, year : str
        Names of the columns.

    Returns
    -------
    pandas.DataFrame
        Indexed by year: ``newly_treated``, ``treated``, ``untreated`` (cities) and ``share_treated`` (0 to 1).

    Raises
    ------
    PanelError
        As :func:`helpers.panel.check_panel`.
    """
    wide = check_panel(panel, unit, year)
    treated = wide.sum().astype("int64")
    curve = pd.DataFrame({"newly_treated": treated.diff().fillna(treated.iloc[0]).astype("int64"), "treated": treated})
    curve["untreated"] = len(wide) - treated
    curve["share_treated"] = treated / len(wide)
    return curve.rename_axis(index="year", columns=None)


def event_support(
    panel: pd.DataFrame, window: tuple[int, int] | None = None, unit: str = "adcode", year: str = "year"
) -> pd.DataFrame:
    """Count how many treated cities, of how many cohorts, stand behind each event year.

    Parameters
    ----------
    panel : pandas.DataFrame
        With ``cohort`` and ``event_time`` (see :func:`helpers.panel.treatment_panel`).
    window : pair of int, optional
        First and last event year. If given, only cities that are observed at every event year of the window are
        counted, so that the composition does not change along the event-study path.
    unit, year : str
        Names of the columns.

    Returns
    -------
    pandas.DataFrame
        Indexed by event_time: ``cities`` and ``cohorts`` (numbers), ``which_cohorts`` (their first years, as text).

    Raises
    ------
    PanelError
        If a city has two cohorts or repeated years, no city is ever treated, the window is reversed, or no city covers
        it.
    """
    check_panel(panel, unit, year)
    if (panel.groupby(unit)["cohort"].nunique() > 1).any():
        raise PanelError("a city has more than one cohort")
    treated = panel.dropna(subset=["event_time"])
    if treated.empty:
        raise PanelError("no city is ever treated")
    if window is not None:
        first, last = window
        if first > last:
            raise PanelError(f"the window {window} is reversed")
        span = treated.groupby(unit)["event_time"].agg(["min", "max"])
        complete = span.index[(span["min"] <= first) & (span["max"] >= last)]
        treated = treated[treated[unit].isin(complete) & treated["event_time"].between(first, last)]
        if treated.empty:
            raise PanelError(f"no city is observed at every event year from {first} to {last}")
    grouped = treated.groupby("event_time")
    support = pd.DataFrame({"cities": grouped[unit].nunique(), "cohorts": grouped["cohort"].nunique()})
    support["which_cohorts"] = grouped["cohort"].agg(lambda cohort: ", ".join(str(c) for c in sorted(cohort.unique())))
    return support


def untreated_by_group(
    panel: pd.DataFrame, groups: pd.Series, unit: str = "adcode", year: str = "year"
) -> pd.DataFrame:
    """Count the untreated cities left in each group (province, region, size class) and year.

    A zero means that a comparison inside this group and year (province-by-year effects) has nobody to compare with.

    Parameters
    ----------
    panel : pandas.DataFrame
        A balanced treatment panel.
    groups : pandas.Series
        The group of each unit, indexed by unit; a group without a unit in the panel does not appear.
    unit, year : str
        Names of the columns.

    Returns
    -------
    pandas.DataFrame
        Groups in rows, years in columns: number of cities still untreated.

    Raises
    ------
    PanelError
        If the index of `groups` repeats or a unit of the panel has no group (the units are named).
    """
    wide = check_panel(panel, unit, year)
    if groups.index.duplicated().any():
        raise PanelError(f"groups repeat for {sorted(groups.index[groups.index.duplicated()].unique())[:8]}")
    of_unit = groups.reindex(wide.index)
    if of_unit.isna().any():
        raise PanelError(f"no group for {of_unit.index[of_unit.isna()].tolist()[:8]}")
    return (1 - wide).groupby(of_unit).sum().astype("int64").rename_axis(index=groups.name, columns=year)


def groups_without_control(
    panel: pd.DataFrame, groups: pd.Series, in_year: int, unit: str = "adcode", year: str = "year"
) -> list:
    """List the groups in which every city of the panel is treated in `in_year`, sorted.

    Parameters
    ----------
    panel, groups, unit, year
        As in :func:`untreated_by_group`.
    in_year : int
        The year that is looked at.

    Returns
    -------
    list
        Names of the groups.

    Raises
    ------
    PanelError
        If the panel does not contain the year, or as :func:`untreated_by_group`.
    """
    left = untreated_by_group(panel, groups, unit, year)
    if in_year not in left.columns:
        raise PanelError(f"the panel has no year {in_year}")
    return sorted(left.index[left[in_year] == 0])
