"""The exact standard error against brute force, a second formula and a Monte Carlo."""

import diff_diff
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from helpers import power, weights


def design(n_treated=6, n_never=9, n_years=8, starts=(3, 4, 6)) -> pd.DataFrame:
    start = np.r_[np.resize(starts, n_treated), np.full(n_never, np.inf)]
    frame = pd.DataFrame(
        {"adcode": np.repeat(np.arange(len(start)), n_years), "year": np.tile(range(n_years), len(start))}
    )
    return frame.assign(treated=(frame["year"] >= np.repeat(start, n_years)).astype(int))


@settings(deadline=None, max_examples=30)
@given(st.floats(-0.9, 0.97), st.floats(0.1, 9))
def test_standard_error_is_the_sandwich_of_least_squares_with_dummies(rho, sigma):
    frame = design()
    x = np.column_stack(
        [frame["treated"], pd.get_dummies(frame["adcode"]), pd.get_dummies(frame["year"]).iloc[:, 1:]]
    ).astype(float)
    years = np.arange(8)
    omega = np.kron(np.eye(15), rho ** np.abs(np.subtract.outer(years, years)).astype(float)) * sigma**2
    bread = np.linalg.inv(x.T @ x)
    exact = np.sqrt((bread @ x.T @ omega @ x @ bread)[0, 0])
    assert power.standard_error(frame, rho, sigma) == pytest.approx(exact, rel=1e-9)


def test_without_persistence_it_is_the_classical_error_and_the_library_agrees():
    frame = design(n_treated=6, n_never=6, n_years=2, starts=(1,))
    d = weights.residualised_treatment(frame).to_numpy()
    assert power.naive_standard_error(frame) == pytest.approx(1 / np.sqrt((d**2).sum()))
    theirs = diff_diff.compute_mde(n_treated=6, n_control=6, sigma=1.0, n_pre=1, n_post=1)
    ours = power.minimum_detectable_effect(frame, 0.0)["minimum_detectable_effect"].item()
    assert ours == pytest.approx(theirs, rel=1e-9)
    assert ours == pytest.approx((norm.ppf(0.975) + norm.ppf(0.8)) * np.sqrt(2 * (1 / 6 + 1 / 6)))


def test_monte_carlo_rejects_four_times_in_five_at_the_minimum_detectable_effect():
    """At the minimum detectable effect a clustered t test rejects about 80 %; without an effect about 5 %."""
    rho, draws = 0.7, 1500
    frame = design(n_treated=60, n_never=90, n_years=8)
    table = power.minimum_detectable_effect(frame, rho)
    effect = table["minimum_detectable_effect"].item()
    d = weights.residualised_treatment(frame).to_numpy()
    treated = frame["treated"].to_numpy().reshape(d.shape)
    rng = np.random.default_rng(20221122)
    chol = np.linalg.cholesky(rho ** np.abs(np.subtract.outer(np.arange(8), np.arange(8))).astype(float))
    estimates, rejections, false_alarms, spread = [], 0, 0, []
    for _ in range(draws):
        error = rng.normal(size=d.shape) @ chol.T
        within = error - error.mean(1, keepdims=True) - error.mean(0) + error.mean()
        noise = (d * error).sum() / (d**2).sum()
        score = (d * (within - noise * d)).sum(1)
        clustered = np.sqrt((score**2).sum()) / (d**2).sum()
        estimates.append(noise)
        rejections += abs(effect + noise) > 1.96 * clustered
        false_alarms += abs(noise) > 1.96 * clustered
        spread.append(within.std())
    assert treated.sum() > 0
    assert np.std(estimates) == pytest.approx(
        table["standard_error"].item(), rel=0.06
    )  # 3 errors of a sd from 1,500 draws
    assert rejections / draws == pytest.approx(0.80, abs=0.04)
    assert false_alarms / draws == pytest.approx(0.05, abs=0.025)
    assert np.mean(spread) == pytest.approx(table["within_sd"].item(), rel=0.01)


def test_grid_and_scale():
    table = power.minimum_detectable_effect(design(), [0, 0.5, 0.9], sigma=3.0)
    assert table.index.tolist() == [0, 0.5, 0.9]
    unit = power.minimum_detectable_effect(design(), [0, 0.5, 0.9])
    np.testing.assert_allclose(table["minimum_detectable_effect"], 3 * unit["minimum_detectable_effect"])
    np.testing.assert_allclose(table["effect_in_within_sd"], unit["effect_in_within_sd"])
    assert power.minimum_detectable_effect(design(), 0.5, power=0.9).iloc[0, 1] > unit.iloc[1, 1]


def test_bad_input():
    frame = design()
    with pytest.raises(ValueError, match="rho must lie"):
        power.standard_error(frame, 1.0)
    with pytest.raises(ValueError, match="sigma must be positive"):
        power.standard_error(frame, 0.5, sigma=0)
    with pytest.raises(ValueError, match="gap after"):
        power.standard_error(frame[frame["year"] != 4], 0.5)
    with pytest.raises(ValueError, match="0 < size < power < 1"):
        power.minimum_detectable_effect(frame, 0.5, power=0.01)
    with pytest.raises(ValueError, match="constant"):
        power.standard_error(frame.assign(treated=0), 0.5)
