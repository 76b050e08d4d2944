"""Build the book and run every test: helpers, house rules, each notebook, the built site.

    python scripts/run_tests.py                   what `make test` says
    python scripts/run_tests.py -k zones -x       further words go to pytest

One pytest run does it all, so that its last lines are one summary; it works on two files at a time where there are two
cores. With CI=true, tests that need a browser fail where there is none; elsewhere they say that they skip.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
#: Every cell of every notebook runs; cells that start with `# NBVAL_CHECK_OUTPUT` must print what is committed.
NOTEBOOKS = ["--nbval-lax", "--nbval-current-env", "--nbval-cell-timeout=120"]
#: Each file stays with one worker, so a notebook keeps its kernel and a browser its pages. More than two at a time
#: would need more memory than a reader's machine may have.
WORKERS = ["-n", str(min(2, os.cpu_count() or 1)), "--dist", "loadfile", "--no-loadscope-reorder"]


def section(title: str) -> None:
    """Print a line that can be found again in a long log."""
    print(f"\n--- {title} ".ljust(100, "-"), flush=True)


def main() -> int:
    """Build, test, and return the first exit status that is not zero."""
    environment = {**os.environ, "PYTHONHASHSEED": "0", "MPLBACKEND": "agg"}
    start = time.perf_counter()
    section("1 of 2: the book is built (notebooks whose code and ground did not change do not run again)")
    build = [sys.executable, "scripts/build_book.py"]
    status = subprocess.run(build, cwd=ROOT, env=environment, check=False).returncode
    if status:
        print(f"The book was not built (status {status}); no test ran.", file=sys.stderr)
        return status
    built = time.perf_counter() - start
    section(f"2 of 2: tests (the build took {built:.0f} s)")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "tests",
        "chapters",
        *NOTEBOOKS,
        *WORKERS,
        "--durations=15",
        *sys.argv[1:],
    ]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
