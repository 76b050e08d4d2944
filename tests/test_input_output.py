"""Input-output accounts: textbook numbers, a second implementation, and inputs that must be refused."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.input_output import (
    NotProductiveError,
    embodied_intensity,
    interpolate_coefficients,
    leontief_inverse,
    spectral_radius,
    technical_coefficients,
)

NAMES = ["farm", "factory"]


def frame(values, names=NAMES):
    return pd.DataFrame(values, index=names, columns=names, dtype=float)


def test_the_two_sector_example_of_miller_and_blair():
    """Miller and Blair (2009), section 2.3: flows 150, 500, 200, 100 and output 1000, 2000."""
    coefficients = technical_coefficients(frame([[150, 500], [200, 100]]), pd.Series([1000.0, 2000.0], NAMES))
    assert coefficients.to_numpy() == pytest.approx(np.array([[0.15, 0.25], [0.20, 0.05]]))
    inverse = leontief_inverse(coefficients)
    assert inverse.round(3).to_numpy() == pytest.approx(np.array([[1.254, 0.330], [0.264, 1.122]]))
    assert inverse.to_numpy() @ np.array([600, 1500]) == pytest.approx([1247.52, 1841.58], abs=0.01)


def test_the_inverse_is_the_sum_of_all_rounds():
    coefficients = frame([[0.15, 0.25], [0.20, 0.05]])
    rounds, total = np.eye(2), np.zeros((2, 2))
    for _ in range(200):
        total, rounds = total + rounds, rounds @ coefficients.to_numpy()
    assert leontief_inverse(coefficients).to_numpy() == pytest.approx(total)


def test_embodied_intensity_by_hand():
    """No inputs at all: embodied is direct. One round of inputs: by hand."""
    direct, demand = pd.Series([2.0, 4.0], NAMES), pd.Series([30.0, 10.0], NAMES)
    assert embodied_intensity(direct, frame(np.zeros((2, 2))), demand) == pytest.approx((2 * 30 + 4 * 10) / 40)
    chain = frame([[0, 0], [0.5, 0]])  # a unit of farm takes half a unit of factory, and nothing more
    assert embodied_intensity(direct, chain, demand) == pytest.approx(((2 + 0.5 * 4) * 30 + 4 * 10) / 40)


def test_the_order_of_the_labels_does_not_matter():
    coefficients = frame([[0.15, 0.25], [0.20, 0.05]])
    direct, demand = pd.Series([2.0, 4.0], NAMES), pd.Series([30.0, 10.0], NAMES)
    assert embodied_intensity(direct[::-1], coefficients, demand[::-1]) == embodied_intensity(
        direct, coefficients, demand
    )


@given(st.lists(st.floats(0.0, 0.4), min_size=4, max_size=4), st.floats(0.1, 10))
def test_intensity_is_linear_in_direct_and_free_of_the_unit_of_demand(cells, size):
    coefficients = frame(np.array(cells).reshape(2, 2))
    direct, demand = pd.Series([2.0, 4.0], NAMES), pd.Series([30.0, 10.0], NAMES)
    once = embodied_intensity(direct, coefficients, demand)
    assert once >= (2 * 30 + 4 * 10) / 40 - 1e-12
    assert embodied_intensity(direct * size, coefficients, demand) == pytest.approx(once * size)
    assert embodied_intensity(direct, coefficients, demand * size) == pytest.approx(once)


def test_years_between_and_outside_benchmarks():
    tables = {2007: frame([[0.1, 0], [0, 0.2]]), 2012: frame([[0.2, 0], [0, 0.1]])}
    filled = interpolate_coefficients(tables, [2005, 2007, 2009, 2012, 2020])
    assert filled[2009].to_numpy() == pytest.approx(np.array([[0.14, 0], [0, 0.16]]))
    assert filled[2005].equals(tables[2007])
    assert filled[2020].equals(tables[2012])
    assert spectral_radius(filled[2009]) == pytest.approx(0.16)


@pytest.mark.parametrize(
    ("flows", "output", "says"),
    [
        (frame([[1, 2], [3, 4]]), pd.Series([10.0, 0.0], NAMES), "not in factory"),
        (frame([[1, 2], [3, 4]]), pd.Series([10.0, np.nan], NAMES), "not in factory"),
        (frame([[1, -2], [3, 4]]), pd.Series([10.0, 10.0], NAMES), "from farm to factory"),
        (frame([[1, 2], [np.nan, 4]]), pd.Series([10.0, 10.0], NAMES), "from factory to farm"),
        (frame([[1, 2], [3, 4]]), pd.Series([10.0, 10.0], ["farm", "shop"]), "same sectors"),
        (frame([[1, 2], [3, 4]]).rename(index={"farm": "shop"}), pd.Series([10.0, 10.0], NAMES), "same sectors"),
    ],
)
def test_bad_tables_are_refused(flows, output, says):
    with pytest.raises(ValueError, match=says):
        technical_coefficients(flows, output)


def test_a_table_that_uses_more_than_it_makes_is_refused():
    with pytest.raises(NotProductiveError, match=r"spectral radius 1\.1"):
        leontief_inverse(frame([[0.6, 0.5], [0.5, 0.6]]))
    with pytest.raises(ValueError, match="same order"):
        leontief_inverse(frame([[0.1, 0], [0, 0.1]]).loc[::-1])


def test_bad_vectors_and_benchmarks_are_refused():
    coefficients, good = frame([[0.1, 0], [0, 0.1]]), pd.Series([1.0, 1.0], NAMES)
    with pytest.raises(ValueError, match="direct must be zero or more; it is not in factory"):
        embodied_intensity(pd.Series([1.0, -1.0], NAMES), coefficients, good)
    with pytest.raises(ValueError, match="demand must name"):
        embodied_intensity(good, coefficients, pd.Series([1.0], ["farm"]))
    with pytest.raises(ValueError, match="all demand is zero"):
        embodied_intensity(good, coefficients, good * 0)
    with pytest.raises(ValueError, match="at least one"):
        interpolate_coefficients({}, [2008])
    with pytest.raises(ValueError, match="2007 and 2012 name different"):
        interpolate_coefficients({2007: coefficients, 2012: frame(np.zeros((2, 2)), ["a", "b"])}, [2008])
