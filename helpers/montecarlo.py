r"""Monte Carlo: draw a world, estimate, collect; and say how good an estimator and its standard error are.

A *job* is a function of the draw's number that returns named numbers. Because it takes all its random numbers from
streams named after that number (:func:`helpers.simulate.worlds.stream`), draw 17 is the same on one core, on all cores
and on a cluster, and whether or not draws 1 to 16 were made.

    def job(draw):
        world = city_carbon.draw("plain", draw=draw)
        fit = fast_panel.fast_regression(world.panel, "carbon_intensity", ["treated"])
        return {"estimate": fit.estimate, "error": fit.standard_error, "truth": world.truth.total}

    results = montecarlo.simulate(job, range(1, 201))
    montecarlo.summary(results, "truth", "estimate", "error")
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from scipy import stats
from tqdm import tqdm

Job = Callable[[int], Mapping[str, object]]
BACKENDS = ("loky", "dask")


class FailedDraws(ValueError):  # noqa: N818 - the draws failed, the name says so
    """Some draws raised an error; ``results`` holds all others, ``failures`` what went wrong, by draw."""

    def __init__(self, results: pd.DataFrame, failures: Mapping[int, str]) -> None:
        """Name the first failed draws in the message."""
        self.results, self.failures = results, dict(failures)
        first = "; ".join(f"draw {draw}: {words}" for draw, words in list(self.failures.items())[:3])
        more = f"; and {len(failures) - 3} more" if len(failures) > 3 else ""
        super().__init__(f"{len(failures)} of {len(failures) + len(results)} draws failed: {first}{more}")


def simulate(
    job: Job, draws: int | Iterable[int], *, cores: int = 1, backend: str = "loky", progress: bool = True,
    save: str | Path | None = None,
) -> pd.DataFrame:  # fmt: skip
    """Run a job once for each draw and collect one row a draw.

    Parameters
    ----------
    job : function of int
        Takes the draw's number and returns a mapping of names to numbers. For other processes it must be importable or
        self-contained (joblib sends it with cloudpickle).
    draws : int or iterable of int
        The draws' numbers; an integer n means 1, ..., n (draw 0 is the world that the book shows).
    cores : int
        1 runs in this process; more, or -1 for all, in as many others.
    backend : {'loky', 'dask'}
        Processes of this machine, or an existing Dask cluster: make a ``distributed.Client`` first, and with
        ``backend='dask'`` its workers do the work, whatever `cores` says.
    progress : bool
        Show a progress bar.
    save : path, optional
        CSV that is written after the last draw, also when draws failed.

    Returns
    -------
    pandas.DataFrame
        The column ``draw`` and one column a name, in the order of the draws: the same frame for every backend.

    Raises
    ------
    FailedDraws
        When the job raised in some draws; the other draws' results are in its ``results`` (and in `save`).
    ValueError
        For no draw, a draw that occurs twice, or an unknown backend.
    """
    numbers = list(range(1, draws + 1)) if isinstance(draws, int) else [int(draw) for draw in draws]
    if not numbers or len(set(numbers)) < len(numbers):
        raise ValueError("name at least one draw, and each once")
    if backend not in BACKENDS:
        raise ValueError(f"unknown backend {backend!r}; use {' or '.join(BACKENDS)}")
    if backend == "loky" and cores == 1:
        outcomes = (_attempt(job, draw) for draw in numbers)
        found = list(tqdm(outcomes, total=len(numbers), disable=not progress, desc="draws"))
    else:
        found = _elsewhere(job, numbers, cores, backend, progress)
    failures = {draw: words for draw, _, words in found if words}
    results = pd.DataFrame([{"draw": draw, **row} for draw, row, words in found if not words])
    if save is not None:
        results.to_csv(save, index=False)
    if failures:
        raise FailedDraws(results, failures)
    return results


def summary(
    results: pd.DataFrame, truth: str | float, estimate: str, error: str, *, degrees_of_freedom: float | None = None
) -> pd.Series:
    r"""Judge an estimator and its standard error over all draws.

    With :math:`d_r` the estimate minus the truth in draw r of R, :math:`s_r` the standard error and :math:`\sigma_d`
    the spread of :math:`d`,

    .. math:: \text{bias} = \bar d, \quad \text{its Monte Carlo error} = \sigma_d / \sqrt R, \quad
              \text{coverage} = \#\{|d_r| \le q s_r\} / R.

    Parameters
    ----------
    results : pandas.DataFrame
        One row a draw.
    truth : str or float
        Column of the truth in each draw, or one number for all.
    estimate, error : str
        Columns of the estimate and of its standard error.
    degrees_of_freedom : float, optional
        q is the 97.5 percent point of t with so many degrees of freedom (clusters less one); 1.96 when left out.

    Returns
    -------
    pandas.Series
        ``draws``; ``truth`` and ``estimate`` (means); ``bias`` and ``bias_error`` (its Monte Carlo error);
        ``spread`` of estimate minus truth; ``standard_error`` (mean); ``bias_in_errors`` (bias over spread, in standard
        errors as they truly are); ``error_ratio`` (mean standard error over spread: below 1 the formula promises too
        much); ``coverage`` of the 95 percent interval and ``coverage_error`` (its Monte Carlo error,
        :math:`\sqrt{c(1-c)/R}`).

    Raises
    ------
    ValueError
        For missing columns, fewer than two draws, a missing value, or a standard error that is not positive.
    """
    columns = [estimate, error, *([truth] if isinstance(truth, str) else [])]
    missing = [name for name in columns if name not in results.columns]
    if missing:
        raise ValueError(f"missing column(s): {', '.join(missing)}")
    draws = len(results)
    if draws < 2:
        raise ValueError(f"{draws} draw(s) have no spread")
    values, errors = (results[name].to_numpy(dtype=float) for name in (estimate, error))
    true = np.broadcast_to(results[truth].to_numpy(dtype=float) if isinstance(truth, str) else float(truth), draws)
    bad = [draw for draw, fine in enumerate(np.isfinite(values + true) & (errors > 0)) if not fine]
    if bad:
        raise ValueError(f"no number, or a standard error that is not positive, in row(s) {bad[:5]}")
    off = values - true
    reach = stats.norm.ppf(0.975) if degrees_of_freedom is None else stats.t.ppf(0.975, degrees_of_freedom)
    spread = off.std(ddof=1)
    coverage = float((np.abs(off) <= reach * errors).mean())
    return pd.Series({
        "draws": draws, "truth": true.mean(), "estimate": values.mean(), "bias": off.mean(),
        "bias_error": spread / np.sqrt(draws), "spread": spread, "standard_error": errors.mean(),
        "bias_in_errors": off.mean() / spread, "error_ratio": errors.mean() / spread, "coverage": coverage,
        "coverage_error": np.sqrt(coverage * (1 - coverage) / draws),
    })  # fmt: skip


def _attempt(job: Job, draw: int) -> tuple[int, dict, str]:
    """Return draw, row and no words, or no row and the words of the error: one bad draw must not lose the others."""
    try:
        return draw, dict(job(draw)), ""
    except Exception as reason:  # whatever a job raises is reported with its draw
        return draw, {}, f"{type(reason).__name__}: {reason}"


def _elsewhere(job: Job, draws: list[int], cores: int, backend: str, progress: bool) -> list[tuple[int, dict, str]]:
    """Send the draws to other processes; they come back in the order they were sent."""
    with joblib.parallel_config(backend=backend, n_jobs=-1 if backend == "dask" else cores):
        outcomes = joblib.Parallel(return_as="generator")(joblib.delayed(_attempt)(job, draw) for draw in draws)
        return list(tqdm(outcomes, total=len(draws), disable=not progress, desc="draws"))
