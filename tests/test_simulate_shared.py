"""What all twins share: parameters with printed cells, no matrix products, same bytes, switches."""

import ast
import importlib
import io
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from openpyxl import Workbook

import make_data
from helpers import published, simulate, weights
from helpers.simulate import files, noise, parameters, worlds

ROOT = Path(__file__).resolve().parent.parent
PAPER = dict(zip(simulate.TWINS, ("wang2025", "ding2025", "digital_economy_exports"), strict=True))
MATRIX_PRODUCTS = {"dot", "matmul", "einsum", "tensordot", "inner", "vdot", "linalg", "multivariate_normal", "cov"}
MATRIX_PRODUCTS |= {"corrcoef", "lstsq", "inv", "solve", "cholesky", "svd", "eig", "eigh", "qr", "polyfit"}


def matrix_products(source: str) -> list[str]:
    """Uses of the library whose last digit differs between machines."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.MatMult):
            found.append(f"line {node.lineno}: @")
        if isinstance(node, ast.Attribute) and node.attr in MATRIX_PRODUCTS:
            found.append(f"line {node.lineno}: .{node.attr}")
    return found


@pytest.fixture(params=simulate.TWINS)
def twin(request):
    return importlib.import_module(f"helpers.simulate.{request.param}")


def name_of(module) -> str:
    return module.__name__.rsplit(".", 1)[1]


# --- ground of every twin ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", sorted((ROOT / "helpers" / "simulate").glob("*.py")), ids=lambda path: path.name)
def test_no_matrix_product_in_generation(path):
    assert matrix_products(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("source", ["a @ b", "a @= b", "np.dot(a, b)", "np.linalg.inv(a)", "np.cov(a)"])
def test_a_matrix_product_is_noticed(source):
    assert matrix_products(source)


@pytest.mark.parametrize("path", sorted((ROOT / "helpers" / "simulate").glob("*.py")), ids=lambda path: path.name)
def test_worlds_know_ground_only(path):
    ground = {"kinds", "seeds", "tablefiles", "schemas", "datasets", "published", "companions", "panel", "support"}
    ground |= {"simulate", "place_names", "place_aliases", "study_schemas"}
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "helpers":
            names = node.module.split(".")[1:2] or [alias.name for alias in node.names]
        assert set(names) <= ground, f"{path.name} imports helpers.{names}"


def test_parameters_stand_with_their_printed_cells(twin):
    table = parameters.load_parameters(name_of(twin)).table()
    assert len(table) > 10
    assert table["why"].str.len().gt(12).all()
    cells = published.load_cells(PAPER[name_of(twin)])[["table", "column", "term", "stat"]].astype("string").fillna("")
    known = set(cells["table"] + " | " + cells["column"] + " | " + cells["term"] + " | " + cells["stat"])
    named = {cell.strip() for entry in table["cell"] if entry for cell in entry.split(";")}
    assert len(named) > 5
    assert named <= known, sorted(named - known)


def test_an_incomplete_parameter_is_refused():
    with pytest.raises(ValueError, match=r"lacks \['why'\]"):
        parameters.Parameters("city_carbon", {"effect": {"value": 1, "unit": "share"}})
    with pytest.raises(ValueError, match="unknown twin"):
        parameters.load_parameters("city_nitrogen")
    with pytest.raises(KeyError, match="no parameter 'missing'"):
        parameters.Parameters("x", {})["missing"]


# --- draws ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("base", worlds.BASES)
def test_same_draw_same_numbers_and_another_draw_others(twin, base):
    first, again, other = twin.draw(base, draw=5), twin.draw(base, draw=5), twin.draw(base, draw=6)
    pd.testing.assert_frame_equal(first.panel, again.panel)
    assert first.truth.table().equals(again.truth.table())
    assert not first.panel.equals(other.panel)


def test_the_world_says_what_it_is(twin):
    world = twin.draw("plain", draw=3)
    assert (world.name, world.base, world.draw, dict(world.switches)) == (name_of(twin), "plain", 3, {})
    assert len(world.panel) == len(world.complete)
    assert world.complete.isna().sum().sum() <= world.panel.isna().sum().sum()
    assert (
        not files.rounded(world.panel, twin.DIGITS)
        .round(9)
        .ne(world.panel.round(9))
        .where(world.panel.notna(), False)
        .any(axis=None)
    )


def test_direct_and_mediated_effects_sum_to_the_total(twin):
    for base in worlds.BASES:
        truth = twin.draw(base, draw=2).truth
        assert truth.direct + sum(truth.mediated.values()) == pytest.approx(truth.total, abs=1e-9)


def test_no_effect_means_none(twin):
    truth = twin.draw("printed", {"no_effect": 1.0}, draw=2).truth
    assert truth.total == pytest.approx(0, abs=1e-12)
    assert truth.two_way_weighted == pytest.approx(0, abs=1e-12)


def test_every_switch_changes_its_world_and_has_a_size(twin):
    assert set(twin.SWITCHES) == set(twin.DEFAULT_SIZES) <= set(worlds.SWITCHES)
    for base in worlds.BASES:
        plain = twin.draw(base, draw=4)
        changed = []
        for name, size in twin.DEFAULT_SIZES.items():
            world = twin.draw(base, {name: size}, draw=4)
            assert dict(world.switches) == {name: size}
            same = world.complete.equals(plain.complete) and world.truth.table().equals(plain.truth.table())
            changed += [] if same else [name]
        silent = set(twin.DEFAULT_SIZES) - set(changed)
        assert silent <= ({"no_threshold", "cohort_effects"} if base == "plain" else set()), (base, silent)


def test_unknown_requests_are_refused(twin):
    with pytest.raises(ValueError, match="unknown base world 'pretty'"):
        twin.draw("pretty")
    with pytest.raises(ValueError, match="unknown switch 'gravity'"):
        twin.draw("plain", {"gravity": 1.0})
    with pytest.raises(ValueError, match="finite"):
        twin.draw("plain", {"no_effect": float("nan")})
    with pytest.raises(ValueError, match="counted from 0"):
        twin.draw("plain", draw=-1)


def test_stored_files_are_what_the_book_would_write(twin):
    assert make_data.stale(name_of(twin)) == []


def test_a_changed_or_superfluous_file_is_noticed(twin, tmp_path, monkeypatch):
    name = name_of(twin)
    monkeypatch.setattr(make_data, "DATA", tmp_path)
    monkeypatch.setattr(make_data, "files", lambda twin: {f"raw/{twin}/a.csv": b"x\n1\n", f"raw/{twin}/b.csv": b"y\n"})
    make_data.write(name)
    assert make_data.stale(name) == []
    (tmp_path / "raw" / name / "a.csv").write_bytes(b"x\n2\n")
    (tmp_path / "raw" / name / "old.csv").write_bytes(b"")
    assert make_data.stale(name) == [f"raw/{name}/a.csv", f"raw/{name}/old.csv"]


def test_raw_files_are_small(twin):
    sizes = {path.name: path.stat().st_size for path in (ROOT / "data" / "raw" / name_of(twin)).rglob("*")}
    assert sizes
    assert max(sizes.values()) < 1_000_000
    assert sum(sizes.values()) < 2_000_000


# --- noise, files -----------------------------------------------------------------------------------------------------


def test_disturbances_are_persistent_and_of_their_spread():
    generator = np.random.default_rng(1)
    drawn = noise.autoregressive(generator, 400, 60, 0.7, np.linspace(1, 3, 400))
    scaled = drawn / np.linspace(1, 3, 400)[:, None]
    assert scaled.std() == pytest.approx(1, abs=0.02)
    autocorrelation = np.corrcoef(scaled[:, 1:].ravel(), scaled[:, :-1].ravel())[0, 1]
    assert autocorrelation == pytest.approx(0.7, abs=3 * np.sqrt((1 - 0.7**2) / (400 * 59)))
    with pytest.raises(ValueError, match="persistence"):
        noise.autoregressive(generator, 2, 2, 1.0)
    with pytest.raises(ValueError, match="negative"):
        noise.autoregressive(generator, 2, 2, 0.5, [-1, 1])
    with pytest.raises(ValueError, match="all equal"):
        noise.standardised([1.0, 1.0])


def test_weighted_effect_equals_the_weights_module_and_works_with_gaps():
    generator = np.random.default_rng(2)
    start = generator.integers(2, 12, 30)
    treated = (np.arange(10) >= start[:, None]).astype(float)
    effects = generator.normal(size=treated.shape)
    panel = pd.DataFrame({"adcode": np.repeat(np.arange(30), 10), "year": np.tile(np.arange(10), 30)})
    panel["treated"] = treated.ravel().astype(int)
    weighed = weights.unit_year_weights(panel)
    joined = weighed.merge(panel.assign(effect=effects.ravel()), on=["adcode", "year"])
    expected = (joined["weight"] * joined["effect"]).sum()
    assert noise.two_way_weighted_effect(treated, effects) == pytest.approx(expected, abs=1e-9)
    observed = generator.random(treated.shape) > 0.1
    unit, year = np.nonzero(observed)
    dummies = np.column_stack([np.eye(30)[unit], np.eye(10)[year][:, 1:]])
    d, outcome = treated[observed], (treated * effects)[observed]
    left = d - dummies @ np.linalg.lstsq(dummies, d, rcond=None)[0]
    assert noise.two_way_weighted_effect(treated, effects, observed) == pytest.approx(
        (left * outcome).sum() / (left * d).sum(), abs=1e-9
    )
    with pytest.raises(ValueError, match="absorb"):
        noise.two_way_weighted_effect(np.ones((3, 3)), np.ones((3, 3)))


def test_csv_has_the_stated_digits_and_blanks():
    frame = pd.DataFrame({"city": ["宜春", "伊春"], "share": [0.12345, np.nan], "year": [2010, 2011]})
    assert files.csv_bytes(frame, {"share": 3}) == "city,share,year\n宜春,0.123,2010\n伊春,,2011\n".encode()
    assert files.csv_bytes(frame.assign(share=-0.0001), {"share": 2}).splitlines()[1].endswith(b"0.00,2010")
    with pytest.raises(ValueError, match="no digits stated for share"):
        files.csv_bytes(frame, {})


def test_workbooks_are_compared_by_their_cells():
    def book(value: float) -> bytes:
        made = Workbook()
        made.active.append(["year", value])
        made.active.merge_cells("A2:B2")
        stream = io.BytesIO()
        made.save(stream)
        return stream.getvalue()

    first = book(1.5)
    time.sleep(1.1)  # another second, other bytes
    assert first != book(1.5)
    assert files.same_content(first, book(1.5), "a.xlsx")
    assert not files.same_content(first, book(1.6), "a.xlsx")
    assert not files.same_content(b"a\r\n", b"a\n", "a.csv")
