"""Who is in the SO2 twin, when treated, and which cells are blank: the part of the world that no draw changes.

*Cities.* Table 2 of Ding (2025) needs 298 units (5,364 rows in 18 years). Our rule: every unit that was a
prefecture-level city or a municipality in any year from 2005 to 2022. Today's list has 297. Two were dissolved (Chaohu
2011, Laiwu 2019), which makes 299. Sansha, with a census population of 2,333 and no industry, stays out: 298. The same
rule gives 287 for the year 2005, the number in the paper's abstract and section 4.1. Section 4.3 leaves Laiwu and
Chaohu out, and yet Table 2 has rows for 298: so the two keep their rows here, and all their cells but the treatment are
blank. That is our choice; other sets of 298 fit as well.

*Treatment.* The stated rule (the year of the approval and all later ones) for zones that are a whole prefecture-level
city; the county-level zones and the new area do not make their prefecture a pilot city. That is the coding of the
roll-out chapter with the papers' rule that gives the printed mean and spread as it is.

*Blank cells.* Counts of observations and of complete rows are printed, the places are not. One pattern is drawn once,
for all draws, so that every count that can be met is met (the TOML file names those that cannot).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers import datasets, place_aliases
from helpers.panel import treatment_panel
from helpers.simulate.parameters import load_parameters
from helpers.simulate.worlds import stream

TWIN = "city_sulfur"
YEARS = np.arange(2005, 2023)
CONTROLS = ("gdp_per_capita", "secondary_share", "urban_share", "loans_to_gdp", "fiscal_share")
#: The statistics that the raw files print, and the column of the panel that is blank with them.
MEASURED = ("so2", *CONTROLS, "co2", "green_patents")


@dataclass(frozen=True)
class Sample:
    """The cities (one row each, sorted by code), treatment and blank cells as arrays of shape (cities, years)."""

    cities: pd.DataFrame
    treated: NDArray[np.int64]
    cohort: NDArray[np.float64]
    missing: dict[str, NDArray[np.bool_]]

    @property
    def complete(self) -> NDArray[np.bool_]:
        """Rows with SO2 and all five controls: the sample of Table 3, column (2)."""
        return ~np.any([self.missing[name] for name in ("so2", *CONTROLS)], axis=0)


@cache
def load_sample() -> Sample:
    """Return cities, treatment and blank cells of the twin (the same in every draw)."""
    cities = _cities()
    panel = treatment_panel(datasets.load_pilot_zones(), cities["adcode"], YEARS, "same_year", "drop")
    shape = (len(cities), len(YEARS))
    treated = panel["treated"].to_numpy().reshape(shape)
    cohort = panel["cohort"].astype("float64").to_numpy().reshape(shape)[:, 0]
    return Sample(cities, treated, cohort, _missing(cities))


def _cities() -> pd.DataFrame:
    settings = load_parameters(TWIN)
    today = datasets.load_prefectures()
    today = today[today["type"].isin(["地级市", "直辖市"]) & ~today["adcode"].isin(settings["without_data"])]
    former = pd.DataFrame(
        [
            {"adcode": one.adcode, "name_zh": f"{name}市", "type": "地级市", "last_year": one.last_year}
            for name, one in place_aliases.DISSOLVED.items()
        ]
    )
    lost = pd.DataFrame(settings["dissolved_cities"]).T.rename_axis("adcode").reset_index()
    former = former.merge(lost.assign(adcode=lost["adcode"].astype(int)), on="adcode", validate="one_to_one")
    cities = pd.concat([today, former], ignore_index=True).sort_values("adcode", ignore_index=True)
    census = datasets.load_census_population().set_index("adcode")
    cities["population_2020"] = cities["adcode"].map(census["population"]).astype(float)
    cities["population_2020"] = cities["population_2020"].fillna(cities["population"].astype(float))
    core = cities["adcode"].map(census["urban_core_population"]).astype(float)
    cities["large_city"] = np.where(core.notna(), core >= 1e6, cities["population_2020"] >= size_cutoff()).astype(int)
    resource = datasets.load_resource_based_cities()
    listed = set(resource.loc[resource["below_prefecture"].eq(0), "adcode"]) | {_LAIWU}
    cities["resource_based"] = cities["adcode"].isin(listed).astype(int)
    cities["municipality"] = cities["type"].eq("直辖市").astype(int)
    since = {int(code): year for code, year in settings["city_since"].items()}
    cities["first_year"] = cities["adcode"].map(since).fillna(YEARS[0]).astype(int)
    cities["last_year"] = cities["last_year"].fillna(YEARS[-1]).astype(int)
    columns = ["adcode", "name_zh", "province_zh", "region4", "coastal_city", "lat", "lon", "population_2020"]
    columns += ["large_city", "resource_based", "municipality", "first_year", "last_year"]
    return cities[columns].astype({"coastal_city": int})


_LAIWU = place_aliases.DISSOLVED["莱芜"].adcode


@cache
def size_cutoff() -> float:
    """Return the population of the whole prefecture that tells large cities best where the urban core is not known.

    A city is large from one million residents of the urban core on. For a blank core: at or above the multiple of
    100,000 at which the fewest of the prefectures with a known core would be classed wrongly.
    """
    known = datasets.load_census_population().dropna(subset=["urban_core_population"])
    population, large = known["population"].to_numpy(), known["urban_core_population"].to_numpy() >= 1e6
    cutoffs = np.arange(1e6, 1.2e7, 1e5)
    wrong = [int(((population >= cutoff) != large).sum()) for cutoff in cutoffs]
    return float(cutoffs[int(np.argmin(wrong))])


def _missing(cities: pd.DataFrame) -> dict[str, NDArray[np.bool_]]:
    settings = load_parameters(TWIN)
    generator = stream(TWIN, 0, "blank cells")
    first, last = cities["first_year"].to_numpy()[:, None], cities["last_year"].to_numpy()[:, None]
    unlisted = (first > YEARS) | (last < YEARS[-1])  # not yet a city; a dissolved city is left out whole
    incomplete = _incomplete(cities, unlisted, generator)
    rows = np.flatnonzero(incomplete & ~unlisted)
    generator.shuffle(rows)
    only_so2 = settings["rows_with_controls_and_co2"] - settings["rows_complete"]
    counts = {name: settings["observations"][name] for name in ("so2", *CONTROLS)}
    short = {name: unlisted.size - count - int(unlisted.sum()) for name, count in counts.items()}
    missing = {name: unlisted.copy() for name in MEASURED}
    missing["so2"].flat[rows[:only_so2]] = True
    others = rows[only_so2:]
    position = 0
    for name in CONTROLS:  # one control after another, round and round the rows: some rows lack two of them
        chosen = others[(position + np.arange(short[name])) % len(others)]
        missing[name].flat[chosen] = True
        position += short[name]
    if position < len(others):
        raise ValueError(f"{len(others) - position} incomplete rows have no blank control: the counts do not fit")
    missing["so2"].flat[generator.choice(others, short["so2"] - only_so2, replace=False)] = True
    with_controls = ~np.any([missing[name] for name in CONTROLS], axis=0)
    without_patents = settings["rows_with_controls_and_co2"] - settings["rows_with_controls_and_patents"]
    missing["green_patents"].flat[generator.choice(np.flatnonzero(with_controls), without_patents, replace=False)] = (
        True
    )
    return missing


def _incomplete(cities: pd.DataFrame, unlisted: NDArray[np.bool_], generator: np.random.Generator) -> NDArray[np.bool_]:
    """Choose the rows outside Table 3, column (2), so that every split of the sample has its printed rows."""
    settings = load_parameters(TWIN)
    late = np.broadcast_to(YEARS >= 2020, unlisted.shape)
    rows = pd.DataFrame({name: np.repeat(cities[name].to_numpy(), len(YEARS)) for name in _SPLITS})
    rows["late"], rows["unlisted"] = late.ravel().astype(int), unlisted.ravel()
    clusters = generator.gamma(settings["gap_clustering"], size=len(cities))
    rows["order"] = generator.exponential(size=len(rows)) / np.repeat(clusters, len(YEARS))
    groups = rows.groupby([*_SPLITS, "late"])["unlisted"].agg(["size", "sum"]).reset_index()
    complete = settings["rows_by_group"] | {"late: 0": settings["rows_complete"] - settings["rows_by_group"]["late: 1"]}
    member = {key: groups[key.split(": ")[0]].astype(str).eq(key.split(": ")[1]).to_numpy() for key in complete}
    wanted = {key: int(groups.loc[own, "size"].sum()) - complete[key] for key, own in member.items()}
    counts = _counts_with_margins(groups["sum"].to_numpy(), groups["size"].to_numpy(), member, wanted, generator)
    gone = unlisted.ravel().copy()
    for count, (_, own) in zip(counts - groups["sum"], rows.groupby([*_SPLITS, "late"]), strict=True):
        gone[own.loc[~own["unlisted"], "order"].nsmallest(int(count)).index] = True
    return gone.reshape(unlisted.shape)


def _counts_with_margins(
    lowest: NDArray,
    highest: NDArray,
    member: dict[str, NDArray],
    wanted: dict[str, int],
    generator: np.random.Generator,
) -> NDArray[np.int64]:
    """Find whole numbers between two bounds with given sums: proportional fitting, rounding, single steps."""
    share = lowest + 0.15 * (highest - lowest)
    for _ in range(200):
        for key, own in member.items():
            share = np.where(own, share * wanted[key] / share[own].sum(), share)
        share = np.clip(share, lowest, highest)
    counts = np.floor(share + 0.5).astype(np.int64)

    def off(candidate: NDArray[np.int64]) -> int:
        return sum(abs(int(candidate[own].sum()) - wanted[key]) for key, own in member.items())

    now = off(counts)
    for _ in range(200_000):
        if now == 0:
            return counts
        candidate = counts.copy()
        up, down = generator.integers(len(counts), size=2)
        which = generator.integers(3)  # one up and one down, one up, one down
        candidate[up] += which < 2
        candidate[down] -= which != 1
        if (candidate < lowest).any() or (candidate > highest).any():
            continue
        if (distance := off(candidate)) <= now:
            counts, now = candidate, distance
    raise ValueError("no pattern of blank cells has the printed counts")


_SPLITS = {
    "region4": ("east", "central", "west", "northeast"),
    "resource_based": (0, 1),
    "large_city": (0, 1),
    "municipality": (0, 1),
}
