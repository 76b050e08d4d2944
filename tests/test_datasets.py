"""The data files, their manifests and loaders: what they hold, and that they agree with each other."""

import importlib.util
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from helpers import datasets, kinds, published, schemas, study_data, study_schemas

ROOT = Path(__file__).resolve().parent.parent
NAMES = datasets.names()


@pytest.fixture(scope="module")
def catalogue():
    spec = importlib.util.spec_from_file_location("data_catalogue", ROOT / "scripts" / "data_catalogue.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# --- manifests -------------------------------------------------------------------------------------------------------


def test_every_file_has_a_manifest_and_a_schema():
    files = {path.stem for path in datasets.DATA.glob("*/*.csv") if path.parent.name not in {"local", "evidence"}}
    assert files == set(NAMES) == set(schemas.SCHEMAS)


@pytest.mark.parametrize("name", NAMES)
def test_manifest_describes_its_file(name, catalogue):
    manifest = datasets.manifest(name)
    checksum, rows, missing = catalogue.facts(datasets.file_of(name))
    assert manifest["sha256"] == checksum
    assert manifest["rows"] == rows
    stated = {column["name"]: column["missing"] for column in manifest["columns"]}
    assert list(stated.items()) == list(missing.items())
    assert set(stated) == set(schemas.SCHEMAS[name].columns)


@pytest.mark.parametrize("name", NAMES)
def test_manifest_is_complete(name):
    manifest = datasets.manifest(name)
    for key in ("title", "description", "strength", "licence", "changes", "load"):
        assert len(manifest[key]) > 10, key
    assert manifest["sources"]
    for source in manifest["sources"]:
        assert source["title"]
        assert re.fullmatch(r"20\d\d-\d\d-\d\d", source["accessed"])
    for column in manifest["columns"]:
        assert column["description"]
        assert column["unit"]
        nullable = schemas.SCHEMAS[name].columns[column["name"]].nullable
        assert nullable or column["missing"] == 0
    folder = datasets.file_of(name).parent.name
    assert datasets.kind_of(name) == (folder if folder in ("published", "simulated") else "real")


@pytest.mark.parametrize("name", NAMES)
def test_line_shown_in_the_catalogue_loads_the_table(name):
    modules = {"datasets": datasets, "published": published, "study_data": study_data}
    loaded = eval(datasets.manifest(name)["load"], modules)
    frame = loaded.frame if isinstance(loaded, study_data.Study) else loaded
    assert len(frame) == datasets.manifest(name)["rows"]


def test_no_file_is_large_or_names_the_workplace():
    for path in datasets.DATA.rglob("*"):
        if path.is_file() and path.suffix in {".csv", ".yml", ".md"} and "local" not in path.parts:
            assert path.stat().st_size < 1_000_000
            # raw files come in the encodings of their makers
            text = path.read_text(encoding="utf-8", errors="replace" if "raw" in path.parts else "strict")
            assert not re.search(r"from memory|\(memory\)|(?<![\w/.:])/[a-z]+/\w|\.\./", text), path.name


def test_unknown_name_lists_near_names():
    with pytest.raises(ValueError, match="did you mean pilot_zones"):
        datasets.kind_of("pilot_zone")
    with pytest.raises(ValueError, match="unknown data set"):
        datasets.load("../prefectures")


def test_kind_of_is_a_known_kind_and_a_bad_one_raises(monkeypatch):
    drawn = [name for name in NAMES if name in study_schemas.STUDY_SCHEMAS]
    assert {datasets.kind_of(name) for name in drawn} <= {"simulated"}
    assert kinds.combine(*(datasets.kind_of(name) for name in NAMES if name not in drawn)) == "real and published"
    monkeypatch.setattr(datasets, "manifest", lambda name: {"title": "no kind"})
    with pytest.raises(ValueError, match="kind of data is missing"):
        datasets.kind_of("prefectures")


# --- catalogue -------------------------------------------------------------------------------------------------------


def test_catalogue_is_fresh():
    command = [sys.executable, str(ROOT / "scripts" / "data_catalogue.py"), "--check"]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr


def test_stale_page_is_noticed_and_not_overwritten(catalogue, tmp_path, monkeypatch, capsys):
    page = ROOT / "data" / "README.md"
    old = tmp_path / "README.md"
    old.write_text(page.read_text(encoding="utf-8").replace("337", "336", 1), encoding="utf-8")
    before = old.read_text(encoding="utf-8")
    monkeypatch.setattr(catalogue, "PAGES", {old: "github"})
    monkeypatch.setattr(catalogue, "ROOT", tmp_path)
    monkeypatch.setattr(sys, "argv", ["data_catalogue.py", "--check"])
    assert catalogue.main() == 1
    assert "README.md is stale" in capsys.readouterr().out
    assert old.read_text(encoding="utf-8") == before


def test_changed_file_is_noticed_and_only_counts_are_refreshed(catalogue, tmp_path, monkeypatch):
    data = tmp_path / "data"
    shutil.copytree(datasets.DATA, data)
    monkeypatch.setattr(datasets, "DATA", data)
    file = data / "geography" / "census_population_2020.csv"
    lines = file.read_text(encoding="utf-8").splitlines()
    file.write_text(
        "\n".join([*lines[:-2], ",".join([*lines[-2].split(",")[:5], "", "", "https://x", "1", ""])]) + "\n"
    )
    assert [line.split()[0] for line in catalogue.stale_manifests()] == ["census_population_2020.yml"]
    old = file.with_suffix(".yml").read_text(encoding="utf-8").splitlines()
    catalogue.update_hashes()
    assert catalogue.stale_manifests() == []
    new = file.with_suffix(".yml").read_text(encoding="utf-8").splitlines()
    changed = {right.split(":")[0].strip() for left, right in zip(old, new, strict=True) if left != right}
    assert {"sha256", "rows"} <= changed <= {"sha256", "rows", "missing"}


def test_every_data_set_has_a_card(catalogue):
    page = catalogue.page("book")
    for name in NAMES:
        assert f"### {datasets.manifest(name)['title']}\n" in page
        assert datasets.manifest(name)["load"] in page
    titles = re.findall(r"^#+ (.*)$", page, flags=re.M)
    assert len(titles) == len(set(titles))


# --- loaders ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_loaded_types_are_those_of_the_schema(name):
    frame = datasets.load(name)
    for column, rule in schemas.SCHEMAS[name].columns.items():
        assert str(frame[column].dtype) == rule.metadata["dtype"], column
    assert frame.index.equals(pd.RangeIndex(len(frame)))


def test_a_loaded_frame_is_yours_to_change():
    first = datasets.load_prefectures()
    first.loc[0, "adcode"] = 1
    first["lat"] = first["lat"] * 0
    del first["name_en"]
    again = datasets.load_prefectures()
    assert again["adcode"].min() == 110000
    assert again["lat"].gt(0).all()
    manifest = datasets.manifest("prefectures")
    manifest["columns"].clear()
    assert datasets.manifest("prefectures")["columns"]


def test_path_reads_another_copy(tmp_path):
    copy = tmp_path / "mine.csv"
    text = datasets.file_of("prefectures").read_text(encoding="utf-8").replace(",39.9075,", ",39.5,", 1)
    copy.write_text(text, encoding="utf-8")
    assert datasets.load_prefectures(copy)["lat"].iloc[0] == 39.5
    assert datasets.load_prefectures(str(copy))["lat"].iloc[0] == 39.5
    assert datasets.load_prefectures()["lat"].iloc[0] == 39.9075


# --- what the tables say ---------------------------------------------------------------------------------------------


def test_zones_are_the_printed_list_in_printed_order():
    zones, printed = datasets.load_pilot_zones(), published.load_printed_zones()
    assert printed["order"].tolist() == list(range(1, 133))
    in_brackets = printed["note_as_printed"].map(lambda note: f" ({note})" if note else "")
    assert zones["zone_as_printed"].tolist() == (printed["zone_as_printed"] + in_brackets).tolist()
    assert zones["batch_year"].tolist() == printed["batch_year"].tolist()


def test_zones_by_year_and_host():
    zones = datasets.load_pilot_zones()
    by_year = zones["batch_year"].value_counts().sort_index()
    assert by_year.to_dict() == {2015: 1, 2016: 12, 2018: 22, 2019: 24, 2020: 46, 2022: 27}
    assert zones["adcode"].nunique() == 131
    assert zones["below_prefecture"].sum() == 6
    assert zones.loc[zones["adcode"].eq(zones["zone_adcode"]), "below_prefecture"].eq(0).all()
    assert zones.loc[zones["adcode"].ne(zones["zone_adcode"]), "below_prefecture"].eq(1).all()
    taizhou = zones[zones["zone_as_printed"].eq("Taizhou")]
    assert taizhou[["batch_year", "zone_zh"]].to_numpy().tolist() == [[2020, "台州市"], [2022, "泰州市"]]


def test_dates_of_zones_are_the_sourced_facts_of_their_batch():
    facts = datasets.load_zone_batches()
    zones = pd.concat(
        [datasets.load_pilot_zones().assign(later=False), datasets.load_later_pilot_zones().assign(later=True)]
    )
    batch_of = {(year, False): number for number, year in enumerate((2015, 2016, 2018, 2019, 2020, 2022), start=1)}
    batch_of |= {(2022, True): 7, (2025, True): 8}
    batches = pd.Series([batch_of[key] for key in zip(zones["batch_year"], zones["later"], strict=True)], zones.index)
    for field in ("signed_date", "released_date", "document_number"):
        sourced = facts[facts["field"].eq(field)].set_index("batch")["value"]
        text = zones[field] if field == "document_number" else zones[field].dt.strftime("%Y-%m-%d")
        assert text.fillna("").tolist() == batches.map(sourced).fillna("").tolist()
    sizes = facts.drop_duplicates("batch").set_index("batch")["zones"].to_dict()
    assert sizes == {1: 1, 2: 12, 3: 22, 4: 24, 5: 46, 6: 27, 7: 33, 8: 16}


def test_later_zones_are_confirmed_and_new():
    later = datasets.load_later_pilot_zones()
    assert later["batch_year"].value_counts().to_dict() == {2022: 28, 2025: 16}
    assert not set(later["zone_adcode"]) & set(datasets.load_pilot_zones()["zone_adcode"])
    assert later.loc[later["adcode"].isna(), "zone_level"].tolist() == ["province-wide"]


def test_regions():
    provinces = datasets.load_provinces()
    without_tibet = provinces[provinces["province"].ne("Tibet")]
    assert without_tibet["region3"].value_counts().to_dict() == {"east": 11, "central": 8, "west": 11}
    assert provinces["region4"].value_counts().to_dict() == {"east": 10, "central": 6, "west": 12, "northeast": 3}
    prefectures = datasets.load_prefectures().merge(provinces, on="province_zh", suffixes=("", "_of_province"))
    assert len(prefectures) == 337
    for column in ("region4", "coastal_province"):
        assert prefectures[column].eq(prefectures[f"{column}_of_province"]).all()
    assert (prefectures["adcode"] // 10000 * 10000).eq(prefectures["adcode_of_province"]).all()
    assert prefectures["coastal_city"].sum() == 55
    assert prefectures.loc[prefectures["coastal_city"].eq(1), "coastal_province"].eq(1).all()


def test_counts_of_the_policy_lists():
    broadband = datasets.load_broadband_china()
    assert broadband.groupby("year")["unit_as_listed_zh"].nunique().to_dict() == {2014: 39, 2015: 39, 2016: 39}
    assert broadband["adcode"].nunique() == 114
    pilots = datasets.load_low_carbon_pilots()
    assert pilots["level"].eq("province").sum() == 6
    assert pilots[pilots["level"].ne("province")].groupby("year").size().to_dict() == {2010: 8, 2012: 28, 2017: 45}
    resources = datasets.load_resource_based_cities()
    assert resources["class_en"].value_counts().to_dict() == {
        "mature": 66, "declining": 24, "growing": 20, "regenerating": 16}  # fmt: skip
    english = {"成长型": "growing", "成熟型": "mature", "衰退型": "declining", "再生型": "regenerating"}
    assert resources["class_zh"].map(english).eq(resources["class_en"]).all()
    air = datasets.load_key_air_control()
    assert air["group_zh"].value_counts().to_dict() == {"三区": 29, "十群": 18}
    assert air["province_zh"].nunique() == 19
    groups = datasets.load_agglomerations()
    flags = groups.drop(columns=["adcode", "confirmed"]).select_dtypes("int64").sum().to_dict()
    assert flags == {
        "beijing_tianjin_hebei": 13, "yangtze_delta_2016": 26, "yangtze_delta_2019": 27,
        "yangtze_delta_whole_provinces": 41, "pearl_delta": 9}  # fmt: skip


def test_low_carbon_conventions():
    cities = datasets.load_low_carbon_pilot_prefectures(convention="cities_only")
    provinces = datasets.load_low_carbon_pilot_prefectures(convention="including_provinces")
    assert cities["below_prefecture"].value_counts().to_dict() == {0: 70, 1: 9}
    assert provinces["below_prefecture"].value_counts().to_dict() == {0: 136, 1: 7}
    assert len(datasets.load_low_carbon_pilot_prefectures()) == len(cities) + len(provinces)
    years = ["year_city", "year_county_unit", "year_province"]
    assert provinces[years].min(axis=1).astype("int64").eq(provinces["year"]).all()
    assert set(cities["adcode"]) <= set(provinces["adcode"])
    with pytest.raises(ValueError, match="unknown convention 'cities'; use 'cities_only' or 'including_provinces'"):
        datasets.load_low_carbon_pilot_prefectures(convention="cities")


def test_census_population_sums_to_nearly_the_country():
    population = datasets.load_census_population()
    assert population["adcode"].isin(datasets.load_prefectures()["adcode"]).all()
    country = 1_411_778_724  # mainland China in the census of 2020; eight small prefectures are not in the table
    assert 0.98 * country < population["population"].sum() < country


def test_electricity_factors_cover_thirty_provinces():
    factors = datasets.load_electricity_factors()
    missing = set(datasets.load_provinces()["province"]) - set(factors["province"])
    assert missing == {"Tibet"}
    # the national average of the same announcement, 0.5306 kg per kWh, lies inside the provinces' range
    assert factors["co2_kg_per_kwh"].min() < 0.5306 < factors["co2_kg_per_kwh"].max()


@pytest.mark.parametrize(
    ("fuel", "tonnes_per_terajoule"),
    [
        ("anthracite", 98.3),
        ("motor gasoline", 69.3),
        ("other kerosene", 71.9),
        ("gas/diesel oil", 74.1),
        ("liquefied petroleum gas", 63.1),
        ("natural gas", 56.1),
    ],
)
def test_fuel_factors_agree_with_the_guidelines_own_table(fuel, tonnes_per_terajoule):
    """The 2006 guidelines (volume 2, table 2.2) print the CO2 factor per TJ, from the same carbon content, rounded."""
    row = datasets.load_fuel_factors().set_index("fuel").loc[fuel]
    assert row["co2_factor"] / row["net_calorific_value"] * 1000 == pytest.approx(tonnes_per_terajoule, abs=0.06)
    assert row["co2_factor_lower"] < row["co2_factor"] < row["co2_factor_upper"]
