"""What a slow result was made from: fingerprints of code and data, and the file of numbers itself.

The fingerprint of a module ignores comments, docstrings and layout, so that only a change of what it does makes a
result stale. The modules are those that the job's own modules import, and so on, within the book's package.
"""

import ast
import hashlib
import json
import os
import platform
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parent.parent
#: Packages of the book in which imports are followed, and where their modules stand.
OWN = {"helpers": ROOT, "evidence_jobs": ROOT / "scripts"}
SIGNIFICANT_DIGITS = 7


def source_of(module: str) -> Path | None:
    """Return the file of one of the book's own modules; None for anything else."""
    top = module.split(".")[0]
    if top not in OWN:
        return None
    base = OWN[top].joinpath(*module.split("."))
    return next((path for path in (base.with_suffix(".py"), base / "__init__.py") if path.is_file()), None)


def imports(source: str, module: str) -> set[str]:
    """Return the modules that a source may import, at its top or inside a function."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                raise ValueError(f"{module} imports relatively; the book writes names of modules in full")
            found |= {str(node.module)} | {f"{node.module}.{name.name}" for name in node.names}
    return found


def closure(roots: Iterable[str]) -> tuple[str, ...]:
    """Return the roots and all of the book's modules that they import, directly or not, sorted.

    Raises
    ------
    ValueError
        If a root is no module of the book.
    """
    waiting, found = list(roots), {}
    unknown = [name for name in waiting if source_of(name) is None]
    if unknown:
        raise ValueError(f"no module of the book: {', '.join(unknown)}")
    while waiting:
        name = waiting.pop()
        path = source_of(name)
        if path is None or name in found:
            continue
        found[name] = path
        waiting += sorted(imports(path.read_text(encoding="utf-8"), name))
        waiting += [name.rpartition(".")[0]] if "." in name else []
    return tuple(sorted(found))


def meaning(source: str) -> str:
    """Return a source without comments, docstrings and layout."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0] if node.body else None
            if (
                isinstance(first, ast.Expr)
                and isinstance(first.value, ast.Constant)
                and isinstance(first.value.value, str)
            ):
                node.body = node.body[1:]
    return ast.dump(tree)


def code_hash(modules: Iterable[str]) -> str:
    """Hash what the modules do."""
    digest = hashlib.sha256()
    for name in sorted(modules):
        digest.update(f"{name}\0{meaning(source_of(name).read_text(encoding='utf-8'))}\0".encode())
    return digest.hexdigest()


def file_hash(path: Path) -> str:
    """Hash the bytes of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def data_hashes(files: Iterable[str]) -> dict[str, str]:
    """Hash data files by their path in the repository, of parameters the values only; a missing file raises."""
    hashers = {".toml": _values_hash}
    return {name: hashers.get(Path(name).suffix, file_hash)(ROOT / name) for name in sorted(files)}


def _values_hash(path: Path) -> str:
    """Hash the values of a parameter file; units, cells and reasons are words."""
    entries = tomllib.loads(path.read_text(encoding="utf-8"))
    values = {name: entry.get("value") for name, entry in entries.items()}
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()


@contextmanager
def files_read() -> Iterator[set[str]]:
    """Collect the tables and parameter files of the book that are opened meanwhile."""
    opened: set[str] = set()
    listening = True

    def listen(event: str, arguments: tuple) -> None:
        if not listening or event != "open" or not isinstance(arguments[0], str | Path):
            return
        path = Path(arguments[0])
        inside = path.is_absolute() and path.is_relative_to(ROOT)
        if inside and path.suffix in {".csv", ".toml", ".xlsx"} and "evidence" not in path.parts:
            opened.add(path.relative_to(ROOT).as_posix())

    sys.addaudithook(listen)
    try:
        yield opened
    finally:
        listening = False


def data_behind(twin: str, name: str) -> list[str]:
    """Return the data files that one row of a table reads, found in a fresh process (a used one keeps what it read)."""
    script = (
        "import json; from evidence_files import files_read\n"
        "with files_read() as opened:\n"
        "    from evidence_jobs.catalogue import catalogue\n"
        f"    entry = catalogue([{twin!r}])[{name!r}]\n"
        "    entry.job(entry.scenarios[-1])(entry.draws[-1])\n"
        "print(json.dumps(sorted(opened)))"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "scripts")])}
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, env=environment, cwd=ROOT, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{name}: one row could not be made\n{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


def versions() -> dict[str, str]:
    """Return the versions that numbers may depend on."""
    return {"python": platform.python_version()} | {name: version(name) for name in ("numpy", "pandas", "scipy")}


def shortened(frame: pd.DataFrame) -> pd.DataFrame:
    """Round floats to the stored number of significant digits."""

    def short(value: float) -> float:
        return float(f"{value:.{SIGNIFICANT_DIGITS}g}") if np.isfinite(value) else value

    floats = [name for name in frame.columns if pd.api.types.is_float_dtype(frame[name])]
    return frame.assign(**{name: frame[name].map(short) for name in floats})


def differences(stored: pd.DataFrame, again: pd.DataFrame) -> list[str]:
    """Name the cells that differ by more than two units of the last stored digit (rows are matched by position)."""
    found = []
    for name in stored.columns:
        for place, (old, new) in enumerate(zip(stored[name], again[name], strict=True)):
            if isinstance(old, float) or isinstance(new, float):
                close = np.isclose(old, new, rtol=2 * 10.0 ** (1 - SIGNIFICANT_DIGITS), atol=1e-12, equal_nan=True)
            else:
                close = old == new
            if not close:
                found.append(f"{name}, row {place}: stored {old}, now {new}")
    return found


def chosen_rows(count: int, name: str, day: str, share: float = 0.01) -> Sequence[int]:
    """Choose rows to draw again: a share, at least two, by the day's date, so that a failure can be repeated."""
    words = np.frombuffer(hashlib.sha256(f"{name}/{day}".encode()).digest(), dtype="<u4")
    size = min(count, max(2, int(np.ceil(share * count))))
    return sorted(np.random.default_rng(words).choice(count, size=size, replace=False).tolist())
