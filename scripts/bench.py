"""Measure the fast parts of the book against the slow ones, all in one run, so that ratios mean something.

python scripts/bench.py                 a table of milliseconds (the best of several runs) and ratios; asserts nothing
"""

import itertools
import sys
import time
import warnings
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402

from evidence_jobs.equations import twin_module  # noqa: E402
from helpers import seeds  # noqa: E402
from helpers.fast_panel import fast_regression, fit_many, prepare  # noqa: E402
from helpers.panel_regression import panel_regression  # noqa: E402
from helpers.simulate import TWINS  # noqa: E402


def panel(units: int = 270, years: int = 12) -> pd.DataFrame:
    """Draw a panel of the size of the city carbon study, with five controls."""
    random = seeds.generator("scripts/bench")
    frame = pd.DataFrame(list(itertools.product(range(units), range(years))), columns=["adcode", "year"])
    frame["treated"] = ((frame["adcode"] % 3 == 0) & (frame["year"] > 6)).astype(int)
    columns = {f"control {k}": random.normal(size=len(frame)) for k in range(1, 6)}
    return frame.assign(**columns, outcome=random.normal(size=len(frame)) + frame["treated"])


def best(run: Callable[[], object], seconds: float = 2.0) -> float:
    """Return the milliseconds of the fastest of several runs, which disturb each other least."""
    run()
    taken: list[float] = []
    while sum(taken) < seconds and len(taken) < 200:
        start = time.perf_counter()
        run()
        taken.append(time.perf_counter() - start)
    return 1000 * min(taken)


def measures() -> list[tuple[str, float, float]]:
    """Return name, milliseconds and the milliseconds it is compared with (blank where there is nothing)."""
    whole = panel()
    gaps = whole.drop(index=seeds.generator("scripts/bench/gaps").choice(len(whole), 22, replace=False))
    gaps = gaps.reset_index(drop=True)
    regressors = ["treated", *(f"control {k}" for k in range(1, 6))]
    found = []
    for name, frame in (("balanced, 270 x 12", whole), ("unbalanced, 3,218 rows", gaps)):
        slow = best(lambda frame=frame: panel_regression(frame, "outcome", regressors, unit="adcode", time="year"))
        found.append((f"PanelOLS, five controls, clustered ({name})", slow, np.nan))
        found.append(
            (f"fast core, the same ({name})", best(lambda f=frame: fast_regression(f, "outcome", regressors)), slow)
        )
        prepared = prepare(frame, regressors[1:], effects=["adcode", "year"])
        outcome, treated = frame["outcome"].to_numpy(), frame["treated"].to_numpy()
        once = best(lambda p=prepared, y=outcome, d=treated: fit_many(p, y, d))
        found.append((f"fast core, effects and controls prepared ({name})", once, slow))
        random = seeds.generator("scripts/bench/placebo")
        many = np.column_stack([random.permutation(treated) for _ in range(1000)])
        batch = best(lambda p=prepared, y=outcome, d=many: fit_many(p, y, d))
        found.append((f"1,000 treatments with clustered errors ({name})", batch, 1000 * slow))
    for twin in TWINS:
        if find_spec(f"helpers.simulate.{twin}") is not None:
            draws = itertools.count(1)
            module = twin_module(twin)
            found.append(
                (f"a world drawn: {twin}", best(lambda m=module, d=draws: m.draw("printed", draw=next(d))), np.nan)
            )
    return found


def main() -> int:
    """Print the table."""
    warnings.simplefilter("ignore")
    print(f"{'':74}{'ms':>9}{'times faster':>14}")
    for name, taken, compared in measures():
        print(f"{name:74}{taken:9.2f}{'' if np.isnan(compared) else f'{compared / taken:.0f}':>14}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
