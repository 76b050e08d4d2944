"""Monte Carlo: the same results on one core, on two and on a cluster; summaries that can be worked out by hand."""

import numpy as np
import pandas as pd
import pytest

from helpers import montecarlo
from helpers.fast_panel import fit_many, prepare
from helpers.simulate.worlds import stream


def job(draw):
    """Regress noise with a known slope of 2 on a regressor, both from the draw's own streams."""
    x = stream("city_carbon", draw, "test x").normal(size=50)
    y = 2 * x + stream("city_carbon", draw, "test y").normal(size=50)
    frame = pd.DataFrame({"group": np.arange(50) % 25})
    fit = fit_many(prepare(frame, effects=[]), y, x, errors="classical")
    return {"estimate": fit.estimates[0, 0], "error": fit.standard_errors[0, 0], "truth": 2.0}


def light_job():
    """A job that other processes get whole: they import neither this file nor the regressions it needs."""

    def run(draw):
        values = stream("city_carbon", draw, "light").normal(size=30)
        return {"estimate": values.mean(), "error": values.std() / 30**0.5}

    def broken(draw):
        if draw % 3 == 0:
            raise RuntimeError(f"no world {draw}")
        return {"value": draw * 10}

    return run, broken


LIGHT, BROKEN = light_job()


def test_rows_are_the_draws_in_their_order():
    results = montecarlo.simulate(job, [7, 2, 5], progress=False)
    assert results["draw"].tolist() == [7, 2, 5]
    assert results.columns.tolist() == ["draw", "estimate", "error", "truth"]
    again = montecarlo.simulate(job, 7, progress=False)
    assert again["draw"].tolist() == [1, 2, 3, 4, 5, 6, 7]
    pd.testing.assert_frame_equal(again.set_index("draw").loc[[7, 2, 5]].reset_index(), results)
    assert again["estimate"].nunique() == 7


def test_two_processes_give_the_same_frame():
    pd.testing.assert_frame_equal(
        montecarlo.simulate(LIGHT, 12, cores=2, progress=False), montecarlo.simulate(LIGHT, 12, progress=False),
        check_exact=True,
    )  # fmt: skip


def test_a_dask_cluster_of_two_workers_gives_the_same_frame():
    distributed = pytest.importorskip("distributed")
    cluster = distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1", silence_logs=50
    )
    with cluster, distributed.Client(cluster) as client:
        assert len(client.scheduler_info()["workers"]) == 2
        theirs = montecarlo.simulate(LIGHT, 12, backend="dask", progress=False)
        with pytest.raises(montecarlo.FailedDraws, match="2 of 6 draws failed: draw 3: RuntimeError: no world 3"):
            montecarlo.simulate(BROKEN, 6, backend="dask", progress=False)
    pd.testing.assert_frame_equal(theirs, montecarlo.simulate(LIGHT, 12, progress=False), check_exact=True)


@pytest.mark.parametrize("cores", [1, 2])
def test_failed_draws_are_named_and_the_others_kept(cores, tmp_path):
    file = tmp_path / "results.csv"
    with pytest.raises(
        montecarlo.FailedDraws, match=r"5 of 15 draws failed: draw 3.*draw 6.*draw 9.*and 2 more"
    ) as info:
        montecarlo.simulate(BROKEN, 15, cores=cores, progress=False, save=file)
    assert info.value.results["draw"].tolist() == [1, 2, 4, 5, 7, 8, 10, 11, 13, 14]
    assert list(info.value.failures) == [3, 6, 9, 12, 15]
    pd.testing.assert_frame_equal(pd.read_csv(file), info.value.results)


def test_progress_bar_counts_the_draws(capsys):
    montecarlo.simulate(job, 3, progress=True)
    assert "3/3" in capsys.readouterr().err
    montecarlo.simulate(job, 3, progress=False)
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("wrong", [0, [], [1, 1]])
def test_draws_must_be_there_and_different(wrong):
    with pytest.raises(ValueError, match="at least one draw, and each once"):
        montecarlo.simulate(job, wrong)


def test_unknown_backend():
    with pytest.raises(ValueError, match="unknown backend 'threads'; use loky or dask"):
        montecarlo.simulate(job, 2, backend="threads")


def test_summary_by_hand():
    frame = pd.DataFrame({"b": [1.0, 2.0, 3.0, 6.0], "s": [1.0, 1.0, 0.5, 0.5], "t": [1.0, 1.0, 1.0, 2.0]})
    found = montecarlo.summary(frame, "t", "b", "s")
    spread = np.sqrt(((np.array([0, 1, 2, 4]) - 1.75) ** 2).sum() / 3)
    assert found["draws"] == 4
    assert found["bias"] == 1.75
    assert found["bias_error"] == pytest.approx(spread / 2)
    assert found["bias_in_errors"] == pytest.approx(1.75 / spread)
    assert found["error_ratio"] == pytest.approx(0.75 / spread)
    assert found["coverage"] == 0.5  # off by 0 and 1 with reach 1.96; by 2 and 4 with reach 0.98
    assert found["coverage_error"] == 0.25
    wide = montecarlo.summary(frame, "t", "b", "s", degrees_of_freedom=2)  # reach 4.30 s: off by 2 is inside 2.15
    assert wide["coverage"] == 0.75


def test_summary_of_many_draws_finds_a_good_estimator_good():
    found = montecarlo.summary(montecarlo.simulate(job, 400, progress=False), 2.0, "estimate", "error")
    assert abs(found["bias"]) < 3 * found["bias_error"]
    assert found["coverage"] == pytest.approx(0.95, abs=3 * np.sqrt(0.95 * 0.05 / 400))
    assert found["error_ratio"] == pytest.approx(1, abs=0.12)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda f: f.drop(columns="error"), r"missing column\(s\): error"),
        (lambda f: f.iloc[:1], "1 draw"),
        (lambda f: f.assign(error=0.0), "standard error that is not positive"),
        (lambda f: f.assign(estimate=f["estimate"].where(f.index > 0)), r"in row\(s\) \[0\]"),
    ],
)
def test_summary_refuses(change, message):
    frame = pd.DataFrame({"estimate": [1.0, 2.0], "error": [1.0, 1.0]})
    with pytest.raises(ValueError, match=message):
        montecarlo.summary(change(frame), 0.0, "estimate", "error")
