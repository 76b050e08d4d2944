"""Slow results: their fingerprints are fresh, some rows are drawn again, and a stale one is noticed."""

import datetime
import os

import pandas as pd
import pytest

import evidence_files
import make_evidence
from evidence_jobs import Evidence
from evidence_jobs.catalogue import catalogue
from helpers import evidence, kinds, seeds
from helpers.tablefiles import DataFileError

TABLES = catalogue()
#: Rows are chosen by the day. EVIDENCE_DAY=2026-11-22 chooses those of another day again.
DAY = os.environ.get("EVIDENCE_DAY", datetime.date.today().isoformat())


# --- the stored tables -----------------------------------------------------------------------------------------------


def test_every_table_has_a_job_and_every_job_a_table():
    assert set(evidence.names()) == set(TABLES)


@pytest.mark.parametrize("name", evidence.names())
def test_manifest_describes_its_table(name):
    manifest, frame, entry = evidence.manifest(name), evidence.load(name), TABLES[name]
    assert kinds.check_kind(manifest["kind"]) == "simulated"
    assert manifest["title"] == entry.title and len(manifest["description"]) > 30
    assert manifest["seed"] == seeds.MASTER_SEED
    assert manifest["rows"] == len(frame) == len(entry.scenarios) * len(entry.draws)
    assert all(len(words) > 10 for words in manifest["columns"].values())
    assert set(manifest["versions"]) == {"python", "numpy", "pandas", "scipy"}
    keys = [key for key in ("scenario", "draw") if key in frame]
    assert not frame.duplicated(keys).any()
    assert sorted(frame["draw"].unique()) == list(entry.draws)
    assert (evidence.folder() / f"{name}.csv").stat().st_size < 1_000_000


@pytest.mark.parametrize("name", evidence.names())
def test_table_is_fresh(name):
    found = make_evidence.reasons(TABLES[name])
    running = ".".join(evidence_files.versions()["python"].split(".")[:2])
    if not evidence.manifest(name)["versions"]["python"].startswith(f"{running}."):
        found = [reason for reason in found if reason != "code behind it changed"]  # parsed by another Python
    assert not found, f"{'; '.join(found)}: run `make evidence CONFIRM=yes`, and `make evidence` if numbers changed"


@pytest.mark.parametrize("name", evidence.names())
def test_some_rows_drawn_again_are_the_same(name):
    rows = evidence_files.chosen_rows(evidence.manifest(name)["rows"], name, DAY)
    print(f"{name}: rows {rows} of EVIDENCE_DAY={DAY}")
    assert len(rows) >= 2
    assert make_evidence.again(TABLES[name], rows) == []


# --- the machinery, on a small table of its own ----------------------------------------------------------------------


def row(scenario, draw):
    if (scenario, draw) == ("b", 2):
        raise ValueError("no such world")
    values = seeds.generator(f"test evidence/{scenario}/{draw}").normal(size=5)
    return {"mean": values.mean(), "largest": values.max(), "blank": float("nan")}


@pytest.fixture
def small(tmp_path, monkeypatch):
    monkeypatch.setattr(evidence, "folder", lambda: tmp_path)
    monkeypatch.setattr(make_evidence, "data_behind", lambda twin, name: ["helpers/simulate/city_carbon.toml"])
    made = Evidence(
        name="small",
        twin="city_carbon",
        title="A small table",
        description="For a test of the machinery only",
        run=row,
        scenarios=("a", "b"),
        draws=range(1, 6),
        roots=("helpers.seeds",),
        columns={"draw": "number"},
    )
    make_evidence.compute(made)
    return made


def test_a_fresh_table_is_fresh_and_repeats(small):
    assert make_evidence.reasons(small) == []
    frame = evidence.load("small")
    assert frame.columns.tolist() == ["scenario", "draw", "mean", "largest", "blank"]
    assert frame["scenario"].tolist() == ["a"] * 5 + ["b"] * 5
    assert make_evidence.again(small, [0, 7]) == []


def test_a_refused_draw_is_a_blank_row_and_named(small):
    frame = evidence.load("small")
    assert frame.index[frame["mean"].isna()].tolist() == [6]
    assert evidence.manifest("small")["refused"] == {"b 2": "ValueError: no such world"}
    assert make_evidence.again(small, [6, 7]) == make_evidence.again(small, [6]) == []


def test_a_number_changed_by_hand_is_noticed(small):
    path = evidence.folder() / "small.csv"
    frame = pd.read_csv(path)
    frame.loc[3, "mean"] += 1e-4
    frame.to_csv(path, index=False)
    assert make_evidence.reasons(small) == ["its file was changed by hand"]
    assert [words.split(",")[0] for words in make_evidence.again(small, [3, 4])] == ["mean"]


@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [
        ("code", "0", "code behind it changed"),
        ("seed", 1, "the master seed is another"),
        ("rows", 9, "9 rows instead of 10"),
        ("modules", ["helpers"], "modules behind it: helpers.seeds"),
        ("data", {"helpers/simulate/city_carbon.toml": "0"}, "helpers/simulate/city_carbon.toml changed"),
        ("data", {"data/gone.csv": "0"}, "data/gone.csv changed"),
    ],
)
def test_a_stale_table_says_why_and_can_be_confirmed(small, key, value, reason):
    make_evidence.write("small", evidence.manifest("small") | {key: value})
    assert make_evidence.reasons(small) == [reason]
    if key in {"code", "modules", "data"}:
        assert make_evidence.confirm(small) == []
        assert make_evidence.reasons(small) == []
        assert evidence.manifest("small")["confirmed"][0]["rows"] == 2


def test_a_table_whose_numbers_changed_is_not_confirmed(small):
    other = Evidence(**{**vars(small), "run": lambda scenario, draw: {**row(scenario, draw), "mean": 0.0}})
    make_evidence.write("small", evidence.manifest("small") | {"code": "0"})
    assert make_evidence.confirm(other)
    assert make_evidence.reasons(small) == ["code behind it changed"]


def test_missing_tables_and_manifests_raise(small):
    with pytest.raises(ValueError, match="no evidence 'smal'; did you mean small"):
        evidence.load("smal")
    make_evidence.write("small", evidence.manifest("small") | {"columns": {"draw": "number"}})
    with pytest.raises(DataFileError, match="not those of the manifest"):
        evidence.load("small")
    (evidence.folder() / "small.yml").unlink()
    with pytest.raises(DataFileError, match="manifest is missing"):
        evidence.load("small")


# --- fingerprints ----------------------------------------------------------------------------------------------------


def test_closure_follows_imports_and_packages():
    found = evidence_files.closure(["helpers.fast_panel"])
    assert {"helpers", "helpers.fast_panel", "helpers.fixed_effects", "helpers.panel_regression"} <= set(found)
    assert "helpers.figures" not in found
    assert "helpers.seeds" in evidence_files.closure(["helpers.simulate.worlds"])  # from helpers import seeds
    with pytest.raises(ValueError, match="no module of the book"):
        evidence_files.closure(["helpers.nothing"])
    with pytest.raises(ValueError, match="imports relatively"):
        evidence_files.imports("from . import x", "helpers.x")


SOURCE = '''"""Words."""\nX = 1\n\ndef f(a):\n    """More words."""\n    return a + X\n'''


def test_layout_and_words_are_not_meaning():
    same = SOURCE.replace("Words", "Other words").replace("X = 1", "X = 1  # one").replace("a + X", "(a\n+ X)")
    assert evidence_files.meaning(same) == evidence_files.meaning(SOURCE)
    assert evidence_files.meaning(SOURCE.replace("X = 1", "X = 2")) != evidence_files.meaning(SOURCE)
    assert evidence_files.meaning("X = 'words'") != evidence_files.meaning("X = 'other'")


def test_words_beside_a_parameter_do_not_count(tmp_path, monkeypatch):
    monkeypatch.setattr(evidence_files, "ROOT", tmp_path)
    path = tmp_path / "twin.toml"

    def hashed(text):
        path.write_text(text, encoding="utf-8")
        return evidence_files.data_hashes(["twin.toml"])

    old = hashed('[effect]\nvalue = 1.5\nunit = "t"\nwhy = "so"\n')
    assert hashed('[effect]\nvalue = 1.5\nunit = "t"\nwhy = "because"\n') == old
    assert hashed('[effect]\nvalue = 1.6\nunit = "t"\nwhy = "so"\n') != old


def test_rows_are_chosen_by_the_day():
    chosen = evidence_files.chosen_rows(1000, "recovery", "2026-11-22")
    assert len(chosen) == 10 == len(set(chosen))
    assert chosen == evidence_files.chosen_rows(1000, "recovery", "2026-11-22")
    assert chosen != evidence_files.chosen_rows(1000, "recovery", "2026-11-23")
    assert len(evidence_files.chosen_rows(50, "recovery", "2026-11-22")) == 2


def test_differences_allow_the_last_digit_only():
    stored = pd.DataFrame({"a": [1.234567, 2.0], "b": ["x", "y"]})
    assert evidence_files.differences(stored, stored.assign(a=[1.2345671, 2.0])) == []
    assert evidence_files.differences(stored, stored.assign(a=[1.234587, 2.0])) == [
        "a, row 0: stored 1.234567, now 1.234587"
    ]
    assert len(evidence_files.differences(stored, stored.assign(b=["x", "z"]))) == 1


def test_files_read_are_found():
    found = evidence_files.data_behind("province_exports", "recovery_province_exports")
    assert {"data/geography/provinces.csv", "helpers/simulate/province_exports.toml"} <= set(found)
    assert "helpers/simulate/city_carbon.toml" not in found
