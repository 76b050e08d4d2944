"""Keep the notebooks in the form that git and the tests expect.

    python scripts/tidy_notebooks.py             tidies every notebook below chapters/ in place; runs nothing
    python scripts/tidy_notebooks.py --check     changes nothing, fails with one line for each thing out of form
    python scripts/tidy_notebooks.py --run       runs every notebook and keeps only the outputs that the tests compare

Name notebooks behind the option to treat only these. Outputs stay in git for cells that start with
``# NBVAL_CHECK_OUTPUT`` and for no others.
"""

import argparse
import copy
import os
import re
import sys
import time
import warnings
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat import NotebookNode
from tqdm import tqdm

ROOT = Path(__file__).resolve().parent.parent
CHECKED = "# NBVAL_CHECK_OUTPUT"
TIMEOUT, SECONDS, MEGABYTES = 120, 15, 700  # the last two are the budget of a notebook
QUIET = ["--IPKernelApp.log_level=40"]  # a kernel speaks of its own errors only
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
LANGUAGE = {"name": "python"}
NOTEBOOK_KEYS, CELL_KEYS = {"book", "kernelspec", "language_info"}, {"jupyter", "mystnb", "tags"}
HIDDEN = {"outputs_hidden": True, "source_hidden": True}
_MARK = r"^\s*(?:`{3,}|:{3,})\{solution-%s\}"
_START, _END = re.compile(_MARK % "start", re.M), re.compile(_MARK % "end", re.M)
#: A solution-start mark with its options and its closing fence: what is left is text of the solution.
_WHOLE_MARK = re.compile(r"^\s*(?P<fence>`{3,}|:{3,})\{solution-(?:start|end)\}.*?^\s*(?P=fence)[ \t]*$", re.M | re.S)
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_FOLDED = re.compile(r"(?P<fence>`{3,}|:{3,})\{dropdown\}.*?^(?P=fence)", re.M | re.S)
_ID = re.compile(r"^[A-Za-z0-9_-]{1,64}$")


def is_checked(cell: NotebookNode) -> bool:
    """Tell whether a cell's output is compared by the tests and therefore kept."""
    return cell.cell_type == "code" and cell.source.startswith(CHECKED)


def solution_parts(cells: list[NotebookNode]) -> list[bool]:
    """Tell for each cell whether it belongs to a solution, the two marks included."""
    inside, parts = False, []
    for cell in cells:
        marks = cell.cell_type == "markdown"
        inside = inside or (marks and bool(_START.search(cell.source)))
        parts.append(inside)
        if marks and _END.search(cell.source):
            inside = False
    return parts


def shows_text(cell: NotebookNode) -> bool:
    """Tell whether JupyterLab would show a text of a solution: it folds dropdowns, and no Markdown cell as such."""
    text = _WHOLE_MARK.sub("", cell.source).strip()
    return cell.cell_type == "markdown" and bool(text) and not (_FOLDED.fullmatch(text) and ":open:" not in text)


def folded(text: str) -> str:
    """Put the text of a solution into a dropdown with a fence longer than any in it."""
    fence = "`" * max(4, *(len(run) + 1 for run in re.findall(r"^`+", text, re.M)), 4)
    return f"{fence}{{dropdown}} In words\n:class-container: in-words\n\n{text.strip()}\n{fence}"


def read(path: Path) -> NotebookNode:
    """Read a notebook as nbformat 4; missing or doubled ids are left for the check to find."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return nbformat.reads(path.read_text(encoding="utf-8"), as_version=nbformat.NO_CONVERT)


def as_text(notebook: NotebookNode) -> str:
    """Write a notebook as JupyterLab does: indent 1, Chinese as Chinese, newline at the end."""
    return nbformat.v4.writes(notebook).rstrip("\n") + "\n"


def findings(notebook: NotebookNode) -> list[tuple[str, str]]:
    """List what is out of form in a notebook, as pairs of place and sentence."""
    found: list[tuple[str, str]] = []
    if (notebook.nbformat, notebook.nbformat_minor) != (4, 5):
        found.append(("notebook", f"format {notebook.nbformat}.{notebook.nbformat_minor}, not 4.5"))
    if notebook.metadata.get("kernelspec") != KERNEL:
        found.append(("notebook", f"kernelspec is not {KERNEL}"))
    if notebook.metadata.get("language_info") != LANGUAGE:
        found.append(("notebook", f"language_info is not {LANGUAGE}; a version of Python goes stale"))
    for key in sorted(set(notebook.metadata) - NOTEBOOK_KEYS):
        found.append(("notebook", f"volatile metadata {key!r}"))
    seen: set[str] = set()
    parts = solution_parts(notebook.cells)
    for number, (cell, solution) in enumerate(zip(notebook.cells, parts, strict=True), start=1):
        name = str(cell.get("id", ""))
        place = f"cell {number} ({name or 'no id'})"
        if not _ID.match(name):
            found.append((place, "the cell has no valid id"))
        elif name in seen:
            found.append((place, "the id stands on an earlier cell already"))
        seen.add(name)
        found += [(place, sentence) for sentence in _cell_findings(cell, solution)]
    return found


def _cell_findings(cell: NotebookNode, solution: bool) -> list[str]:
    found = [f"volatile metadata {key!r}" for key in sorted(set(cell.metadata) - CELL_KEYS)]
    tagged = "solution" in cell.metadata.get("tags", [])
    if solution and not tagged:
        found.append("a cell between solution-start and solution-end without the tag 'solution'")
    if tagged and not solution:
        found.append("tagged 'solution', but outside solution-start and solution-end")
    if solution and cell.cell_type == "code" and cell.metadata.get("jupyter") != HIDDEN:
        found.append("a solution that JupyterLab shows: source_hidden and outputs_hidden are missing")
    if solution and shows_text(cell):
        found.append("a text of a solution that JupyterLab shows: it belongs into a dropdown, in a cell without a mark")
    if cell.cell_type == "code":
        if cell.outputs and not is_checked(cell):
            found.append(f"an output in a cell that does not start with {CHECKED}")
        if cell.execution_count != expected_count(cell) or any(out.get("execution_count") for out in cell.outputs):
            found.append("an execution count")
        if any(out.output_type == "error" for out in cell.outputs):
            found.append("a stored error")
    return found


def tidied(notebook: NotebookNode) -> NotebookNode:
    """Return the notebook in form; order of cells, valid ids and text stay, a solution's text gets its dropdown."""
    tidy = copy.deepcopy(notebook)
    if tidy.nbformat != 4:
        tidy = nbformat.convert(tidy, 4)
    tidy.nbformat_minor = 5
    kept = {key: tidy.metadata[key] for key in sorted(tidy.metadata) if key in NOTEBOOK_KEYS}
    tidy.metadata = nbformat.from_dict({**kept, "kernelspec": KERNEL, "language_info": LANGUAGE})
    seen: set[str] = set()
    parts = solution_parts(tidy.cells)
    for number, (cell, solution) in enumerate(zip(tidy.cells, parts, strict=True), start=1):
        if not _ID.match(str(cell.get("id", ""))) or cell.id in seen:
            cell.id = next(name for step in range(1000) if (name := f"cell-{number + step}") not in seen)
        seen.add(cell.id)
        _tidy_cell(cell, solution)
    return tidy


def expected_count(cell: NotebookNode) -> int | None:
    """Return 1 for a cell with a stored output, else nothing: nbval refuses the outputs of a cell that never ran."""
    return 1 if is_checked(cell) and cell.outputs else None


def _tidy_cell(cell: NotebookNode, solution: bool) -> None:
    cell.metadata = nbformat.from_dict({key: cell.metadata[key] for key in cell.metadata if key in CELL_KEYS})
    tags = [tag for tag in cell.metadata.get("tags", []) if tag != "solution"]
    tags += ["solution"] if solution else []
    if tags:
        cell.metadata["tags"] = tags
    else:
        cell.metadata.pop("tags", None)
    if solution and cell.cell_type == "code":
        cell.metadata["jupyter"] = nbformat.from_dict(HIDDEN)
    if solution and cell.cell_type == "markdown":
        cell.metadata.pop("jupyter", None)  # JupyterLab folds no Markdown by metadata
        if shows_text(cell) and not _WHOLE_MARK.search(cell.source):
            cell.source = folded(cell.source)
    if cell.cell_type == "code":
        cell.outputs = _kept_outputs(cell.outputs) if is_checked(cell) else []
        cell.execution_count = expected_count(cell)


def _kept_outputs(outputs: list[NotebookNode]) -> list[NotebookNode]:
    kept: list[NotebookNode] = []
    for output in outputs:
        if "execution_count" in output:
            output["execution_count"] = None
        joins = output.output_type == "stream" and kept and kept[-1].output_type == "stream"
        if joins and kept[-1].name == output.name:  # a stream arrives in pieces that differ from run to run
            kept[-1].text += output.text
        else:
            kept.append(output)
    return kept


def check(path: Path) -> list[str]:
    """Return one line for each thing out of form in a notebook, with what to do."""
    name = path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else path.name
    notebook = read(path)
    found = [f"{place}: {sentence}" for place, sentence in findings(notebook)]
    if not found and as_text(tidied(notebook)) != path.read_text(encoding="utf-8"):
        found = ["notebook: not written in the common form (indent 1, Chinese unescaped, newline at the end)"]
    return [f"{name}, {line}; run: python scripts/tidy_notebooks.py {name}" for line in found]


def run(path: Path) -> tuple[NotebookNode, float, float]:
    """Run a notebook in a fresh kernel in its own folder; return it with seconds and the kernel's peak megabytes."""
    notebook = tidied(read(path))
    client = NotebookClient(
        notebook,
        timeout=TIMEOUT,
        kernel_name="python3",
        extra_arguments=QUIET,
        resources={"metadata": {"path": str(path.parent)}},
    )
    with client.setup_kernel(env={**os.environ, "PYTHONHASHSEED": "0"}):
        start = time.perf_counter()
        for place, cell in enumerate(notebook.cells):
            client.execute_cell(cell, place)
        seconds = time.perf_counter() - start
        return notebook, seconds, peak_megabytes(getattr(client.km.provisioner, "pid", None))


def peak_megabytes(process: int | None) -> float:
    """Return the largest resident memory a process has had, where the system tells (Linux); otherwise not a number."""
    try:
        status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    except OSError:
        return float("nan")
    return int(re.search(r"^VmHWM:\s+(\d+)", status, re.M).group(1)) / 1024


def main() -> int:
    """Run the command line."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    what = ask.add_mutually_exclusive_group()
    what.add_argument("--check", action="store_true", help="change nothing, say what is out of form")
    what.add_argument("--run", action="store_true", help="run, and store the outputs that the tests compare")
    ask.add_argument("notebooks", nargs="*", type=Path, help="notebooks to treat; all below chapters/ if none")
    args = ask.parse_args()
    paths = [path.resolve() for path in args.notebooks] or sorted((ROOT / "chapters").rglob("*.ipynb"))
    paths = [path for path in paths if ".ipynb_checkpoints" not in path.parts]
    for path in paths:
        if not path.is_file():
            ask.error(f"{path} is not there")
    if args.check:
        lines = [line for path in paths for line in check(path)]
        print(*lines, sep="\n" if lines else "", end="\n" if lines else "", file=sys.stderr)
        return 1 if lines else 0
    failed = 0
    for path in tqdm(paths, desc="notebooks", disable=not args.run):
        if not args.run:
            path.write_text(as_text(tidied(read(path))), encoding="utf-8", newline="\n")
            continue
        try:
            notebook, seconds, megabytes = run(path)
        except (CellExecutionError, TimeoutError, RuntimeError) as problem:
            tqdm.write(f"{path.name} stopped and stays as it was:\n{_COLOUR.sub('', str(problem))}")
            failed += 1
            continue
        over = " over the budget" if seconds > SECONDS or megabytes > MEGABYTES else ""
        memory = "memory unknown" if megabytes != megabytes else f"{megabytes:.0f} MB"
        tqdm.write(f"{path.name}: {seconds:.1f} s, {memory}{over} (budget {SECONDS} s, {MEGABYTES} MB)")
        path.write_text(as_text(tidied(notebook)), encoding="utf-8", newline="\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
