"""How good the twins are: the acceptance of the plain worlds, and the tables that report it."""

import numpy as np
import pandas as pd
import pytest

from helpers import evidence, published, twins
from helpers.simulate import TWINS


@pytest.fixture(params=TWINS)
def twin(request):
    return request.param


# --- what was promised -----------------------------------------------------------------------------------------------


def test_equation_1_recovers_the_plain_worlds(twin):
    """Bias below a tenth of the standard error, 95 percent intervals that cover 93 to 97 percent, in 1,000 worlds."""
    found = twins.recovery_table(twin).loc["equation 1, clustered by unit"]
    assert found["draws"] == 1000
    assert abs(found["bias_in_errors"]) < 0.1
    assert abs(found["bias"]) < 0.1 * found["standard_error"]
    assert 0.93 <= found["coverage"] <= 0.97


def test_no_draw_was_refused(twin):
    for table in ("recovery", "moments", "switches", "kind", "other_methods"):
        assert evidence.manifest(f"{table}_{twin}")["refused"] == {}


def test_disturbances_persist_and_outcomes_are_skewed():
    kind = twins.kind_table()
    assert (kind["kind"] == "simulated").sum() == 3
    for name in ("City carbon (twin)", "City SO2 (twin)"):
        assert kind.loc[name, "skewness"] > 1
    assert (kind["autocorrelation"] > 0.4).all()
    assert kind["between_share"].between(0.3, 1).all()


# --- the tables ------------------------------------------------------------------------------------------------------


def test_every_cell_is_judged_by_the_other_draws(twin):
    table = twins.moments_table(twin)
    assert table.index.is_unique
    assert len(table) > 40
    drawn = table[table["median"].notna()]
    assert (drawn["lower"] <= drawn["median"]).all() and (drawn["median"] <= drawn["upper"]).all()
    assert set(drawn["inside"]) <= {"yes", "no"}
    assert (table.loc[table["median"].isna(), "inside"] == "").all()
    sizes = drawn[drawn["relation"].eq("pinned") & drawn.index.str.endswith((" | n", " | obs"))]
    assert len(sizes) > 5
    assert (sizes["printed"] == sizes["median"]).all()


def test_other_methods_are_reported_for_both_bases(twin):
    table = twins.other_methods_table(twin)
    draws = evidence.load(f"other_methods_{twin}")
    assert set(table.index.get_level_values("base")) == {"plain", "printed"}
    assert draws.groupby("scenario")["draw"].nunique().eq(100).all()
    for (base, method), found in table.iterrows():
        column = "matching" if method.startswith("matching") else f"stepwise_{method.split('through ')[1]}"
        values = draws.loc[draws["scenario"] == base, column.replace(" ", "_")]
        assert found["estimate"] == pytest.approx(values.mean())
        assert found["bias_in_errors"] == pytest.approx((found["estimate"] - found["truth"]) / values.std())


def test_median_is_over_draws_1_to_200(twin):
    draws = evidence.load(f"moments_{twin}").set_index("draw")
    assert draws.index.tolist() == list(range(201))
    table = twins.moments_table(twin)
    name = table.index[table["median"].notna() & (table["lower"] < table["upper"])][0]
    assert table.loc[name, "book"] == draws.loc[0, name]
    assert table.loc[name, "median"] == np.median(draws.loc[1:, name])


def test_cell_names_tell_all_cells_of_a_table_apart():
    cells = pd.DataFrame({"table": ["T3", "T3", "T1"], "column": ["a", "a", "a"], "column_label": ["x", "y", "z"],
                          "term": ["b"] * 3, "stat": ["n"] * 3})  # fmt: skip
    assert published.cell_names(cells).tolist() == ["T3 | a | x | b | n", "T3 | a | y | b | n", "T1 | a | b | n"]
    assert published.cell_names(cells.drop(columns="column_label")).tolist()[2] == "T1 | a | b | n"


def test_half_a_unit_of_the_last_printed_digit_counts_trailing_zeros():
    cells = published.load_cells("wang2025")
    half = twins._half_units("city_carbon")
    printed = cells.set_index(published.cell_names(cells))["value"]
    assert half["T1 | (2) | CBEC | coef"] == 0.00005
    assert printed["T1 | (2) | CBEC | parenthesis"] == "-3.80"
    assert half["T1 | (2) | CBEC | parenthesis"] == 0.005


def test_printed_errors():
    assert twins.printed_error("city_carbon") == pytest.approx(0.0475 / 3.80)
    assert twins.printed_error("city_sulfur") == 0.298
    assert twins.printed_error("province_exports") == 0.048


def test_switches_are_all_of_the_twin(twin):
    import importlib

    table = twins.switches_table(twin)
    assert list(table.index) == ["no switch", *importlib.import_module(f"helpers.simulate.{twin}").SWITCHES]
    assert abs(table.loc["no switch", "bias_in_errors"]) < 0.25
    assert table.loc["no_effect", "truth"] == 0
    assert table["lead_rejects"].isna().all() == (twin == "province_exports")
    for switch, row in table.iterrows():
        assert bool(twins.reason(twin, switch)) == (row["verdict"] == "hardly fails" and switch != "no switch"), switch


@pytest.mark.parametrize(
    ("bias", "coverage", "words"),
    [(0.1, 0.95, "hardly fails"), (-0.2, 0.8, "right on average, too sure"), (0.5, 0.9, "fails a little"),
     (-1.0, 0.9, "fails"), (3.0, 0.1, "fails")],
)  # fmt: skip
def test_verdicts(bias, coverage, words):
    assert twins.verdict(bias, coverage) == words


def test_unknown_twin():
    with pytest.raises(ValueError, match="unknown twin 'city'; there are city_carbon"):
        twins.recovery_table("city")
