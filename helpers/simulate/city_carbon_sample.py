"""Who is in the city-carbon twin: 270 real cities, their real treatment, and the cells that are missing.

Wang et al. (2025) name neither their 270 cities nor the cities they left out. The rule written here is ours: take the
293 prefecture-level cities (the paper says "prefecture-level", so the four municipalities stay out), drop the provinces
without an official electricity factor (Tibet), and keep the 270 with the largest resident population in the census of
2020, because the small ones have the gaps in the yearbooks. The printed count of 302 treated city-years follows.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers import datasets, panel

YEARS = tuple(range(2010, 2022))
CITIES = 270
#: Which definition of the Yangtze delta is used: the plan of 2019 with 27 cities.
YANGTZE = "yangtze_delta_2019"
#: Prefectures that became cities during the panel, with the first year a city yearbook reports them (ours).
NEW_CITIES = {520500: 2011, 520600: 2011, 630200: 2013}
#: The city without policy information in Table 2: which one is not known. The low-carbon list names only its district.
WITHOUT_POLICY = 530800
FEWEST = 17


@dataclass(frozen=True)
class Sample:
    """The cities (one row each, sorted by adcode) and arrays of shape (cities, years)."""

    cities: pd.DataFrame
    treated: NDArray[np.float64]
    controls_seen: NDArray[np.bool_]
    missing: dict[str, NDArray[np.bool_]]
    policies: dict[str, NDArray[np.float64]]


def candidates() -> pd.DataFrame:
    """Return the 297 cities that city yearbooks cover, with the step at which the rule leaves each out.

    Returns
    -------
    pandas.DataFrame
        ``adcode``, ``city``, ``province_zh``, ``population_2020`` (persons), ``treated_years`` (2010 to 2021, coding
        of the paper) and ``left_out``: '' for the 270 cities of the sample, otherwise the reason.
    """
    cities = datasets.load_prefectures()
    cities = cities[cities["type"].isin(["地级市", "直辖市"])]
    cities = cities.merge(datasets.load_census_population()[["adcode", "population"]], on="adcode", validate="1:1")
    coded = panel.treatment_panel(datasets.load_pilot_zones(), cities["adcode"], YEARS)
    factors = datasets.load_electricity_factors()["province_zh"]
    table = pd.DataFrame(
        {
            "adcode": cities["adcode"],
            "city": cities["name_zh"],
            "province_zh": cities["province_zh"],
            "population_2020": cities["population"],
            "treated_years": cities["adcode"].map(coded.groupby("adcode")["treated"].sum()),
            "left_out": "",
        }
    )
    table.loc[~table["province_zh"].isin(factors), "left_out"] = "no electricity factor for its province"
    table.loc[cities["type"].eq("直辖市").to_numpy(), "left_out"] = "municipality, not a prefecture-level city"
    possible = table[table["left_out"].eq("")].sort_values("population_2020", ascending=False)
    table.loc[possible.index[CITIES:], "left_out"] = f"not among the {CITIES} most populous"
    return table.sort_values("adcode", ignore_index=True)


def treated_left_out() -> pd.DataFrame:
    """List the hosts of pilot zones that the sample lacks, with the reason and their first year of treatment.

    Returns
    -------
    pandas.DataFrame
        ``adcode``, ``prefecture_zh``, ``first_year``, ``treated_years`` (2010 to 2021) and ``left_out``.
    """
    zones = datasets.load_pilot_zones()
    hosts = zones.groupby(["adcode", "prefecture_zh"], as_index=False)["batch_year"].min()
    reason = candidates().set_index("adcode")["left_out"]
    hosts["left_out"] = hosts["adcode"].map(reason).fillna("no city yearbook covers it")
    hosts["treated_years"] = (YEARS[-1] + 1 - hosts["batch_year"]).clip(lower=0)
    hosts = hosts.rename(columns={"batch_year": "first_year"})[hosts["left_out"].ne("").to_numpy()]
    return hosts[["adcode", "prefecture_zh", "first_year", "treated_years", "left_out"]].reset_index(drop=True)


def samples() -> dict[str, set[int]]:
    """Return the samples that are compared in :func:`codings`, by name."""
    table = candidates()
    municipality = table["left_out"].str.startswith("municipality")
    new = table["adcode"].isin([*NEW_CITIES, 460300, 460400, 650400, 650500])
    tibet = table["left_out"].str.startswith("no electricity")
    by_size = table.sort_values("population_2020", ascending=False)["adcode"]
    chosen = {
        "297 cities of the yearbooks": table["adcode"],
        "293 prefecture-level cities": table.loc[~municipality, "adcode"],
        "284: no Tibet, no city founded after 2010": table.loc[~tibet & ~new, "adcode"],
        "280: the same without municipalities": table.loc[~tibet & ~new & ~municipality, "adcode"],
        "270 most populous of the 297": by_size.head(CITIES),
        "270 of the book": table.loc[table["left_out"].eq(""), "adcode"],
    }
    return {name: set(adcodes.tolist()) for name, adcodes in chosen.items()}


@cache
def _codings() -> pd.DataFrame:
    zones, rows = datasets.load_pilot_zones(), []
    everywhere = candidates()["adcode"]
    for rule in ("same_year", "december_next_year", "half_year", "following_year"):
        for below in ("map_up", "drop"):
            coded = panel.treatment_panel(zones, everywhere, YEARS, rule=rule, below_prefecture=below)
            per_city = coded.groupby("adcode")["treated"].sum()
            for name, members in samples().items():
                total = int(per_city[per_city.index.isin(members)].sum())
                rows.append((rule, below, name, len(members), total, _verdict(total, len(members))))
    columns = ["rule", "below_prefecture", "sample", "cities", "treated_city_years", "verdict"]
    return pd.DataFrame(rows, columns=columns)


def _verdict(total: int, cities: int) -> str:
    """Say whether a count of treated city-years can become 302."""
    if total < 302:
        return "cannot give 302"
    if cities > CITIES:
        return f"302 if the {cities - CITIES} cities and 22 rows left out hold {total - 302} treated city-years"
    if total == 302:
        return "302 if no row without controls is treated"
    return f"302 if {total - 302} of the 22 rows without controls are treated" if total <= 324 else "cannot give 302"


def codings() -> pd.DataFrame:
    """Count treated city-years under other codings and samples: which of them can also give the 302 of Table 4.

    22 of the 3,240 rows have no controls, and a sample of more than 270 cities must still lose some. A count below 302
    cannot give 302; a larger one can, under the condition that the verdict states.

    Returns
    -------
    pandas.DataFrame
        ``rule`` and ``below_prefecture`` (see :func:`helpers.panel.treatment_panel`), ``sample``, ``cities``,
        ``treated_city_years`` and ``verdict``.
    """
    return _codings().copy()


@cache
def load_sample() -> Sample:
    """Return the 270 cities with everything about them that is real, and the masks of missing cells (never edit it)."""
    chosen = candidates().query("left_out == ''")
    facts = datasets.load_prefectures().set_index("adcode").loc[chosen["adcode"]]
    groups = datasets.load_agglomerations().set_index("adcode")
    cities = chosen[["adcode", "city", "province_zh", "population_2020"]].reset_index(drop=True)
    cities["region4"] = facts["region4"].to_numpy()
    cities["coastal"] = facts["coastal_city"].to_numpy(dtype="int64")
    cities["lat"], cities["lon"] = facts["lat"].to_numpy(), facts["lon"].to_numpy()
    cities["agglomeration"] = ""
    for short, column in {"BTH": "beijing_tianjin_hebei", "YRD": YANGTZE, "PRD": "pearl_delta"}.items():
        cities.loc[cities["adcode"].isin(groups.index[groups[column].eq(1)]), "agglomeration"] = short
    cities["large_city"] = cities["population_2020"].gt(5_000_000).astype("int64")
    cities["resource"] = cities["adcode"].isin(datasets.load_resource_based_cities()["adcode"]).astype("int64")
    factors = datasets.load_electricity_factors().set_index("province_zh")["co2_kg_per_kwh"]
    cities["electricity_factor"] = cities["province_zh"].map(factors)
    coded = panel.treatment_panel(datasets.load_pilot_zones(), cities["adcode"], YEARS)
    cities["cohort"] = coded.groupby("adcode")["cohort"].first().fillna(9999).astype("int64").to_numpy()
    treated = coded["treated"].to_numpy(dtype=float).reshape(len(cities), len(YEARS))
    missing = _missing(cities)
    seen = ~(missing["fiscal_share"] | missing["ln_internet_users"] | missing["road_area_per_capita"])
    return Sample(cities, treated, seen, missing, _policies(cities))


def _missing(cities: pd.DataFrame) -> dict[str, NDArray[np.bool_]]:
    """Return the missing cells by column; every rule is on population or on when a city was founded, none on treatment.

    * A prefecture that is not yet a city has no population, none of the five controls, no structure shares (5 rows).
    * The 17 least populous other cities lack one control in one of the years 2010 to 2013 (17 rows): N is 3,218.
    * Bijie and Tongren lack structure shares in 2011 as well (N 3,216); the three new cities have no business index
      before 2013 (N 3,231); employment by branch ends with 2019 and lacks one more cell (N 2,699).
    """
    shape = (len(cities), len(YEARS))
    early, position = np.zeros(shape, dtype=bool), {code: row for row, code in enumerate(cities["adcode"].tolist())}
    for adcode, first in NEW_CITIES.items():
        early[position[adcode], : first - YEARS[0]] = True
    controls = ["ln_gdp_per_capita", "urban_share", "fiscal_share", "ln_internet_users", "road_area_per_capita"]
    missing = {name: early.copy() for name in [*controls, "population", "secondary_share", "tertiary_share"]}
    others = cities[~cities["adcode"].isin(NEW_CITIES)].sort_values("population_2020").head(FEWEST)
    for number, adcode in enumerate(others["adcode"].tolist()):
        missing[controls[2 + number % 3]][position[adcode], number % 4] = True
    environment, branches = np.zeros(shape, dtype=bool), np.zeros(shape, dtype=bool)
    for adcode in NEW_CITIES:
        environment[position[adcode], :3] = True
    for adcode in (520500, 520600):
        for share in ("secondary_share", "tertiary_share"):
            missing[share][position[adcode], 1] = True
    branches[:, YEARS.index(2020) :] = True
    branches[position[630200], 0] = True
    policy = np.zeros(shape, dtype=bool)
    policy[position[WITHOUT_POLICY]] = True
    missing |= dict.fromkeys(("specialisation", "specialisation_low", "specialisation_high"), branches)
    return missing | {"ln_business_environment": environment, "broadband_china": policy, "low_carbon_city": policy}


def _policies(cities: pd.DataFrame) -> dict[str, NDArray[np.float64]]:
    """Code the real policy lists as 1 from the first year, like the pilot zones."""
    lists = {
        "broadband_china": datasets.load_broadband_china(),
        "low_carbon_city": datasets.load_low_carbon_pilot_prefectures(convention="cities_only"),
        "key_air_control": datasets.load_key_air_control(),
    }
    years = np.array(YEARS)
    first = {name: cities["adcode"].map(rows.groupby("adcode")["year"].min()) for name, rows in lists.items()}
    return {
        name: (years[None, :] >= start.fillna(9999).to_numpy(dtype=float)[:, None]).astype(float)
        for name, start in first.items()
    }
