"""Rules on a chapter that has run: what a reader sees below its cells."""

import re
import sys
import tempfile
from pathlib import Path

from nbformat import NotebookNode

from house.exercise_rules import CHECK, UNTOUCHED
from house.form_rules import HEADINGS
from house.model import Chapter, calls, exercises, last_call

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = sorted({str(ROOT), str(Path.home()), sys.prefix, sys.base_prefix, tempfile.gettempdir()} - {"/"})
ABSOLUTE = re.compile(
    "|".join([re.escape(folder) for folder in FOLDERS] + [r"(?<![\w/.])/(?:home|Users)/\w", r"\b[A-Z]:\\\w"])
)
#: Words by which a description says where the numbers go, or how parts compare.
DIRECTION = re.compile(
    r"\b(?:ris|fall|fell|rose|grow|grew|drop|climb|declin|increas|decreas|shrink|jump|peak|widen|narrow|highest|lowest|higher|lower|"
    r"above|below|more|less|most|least|fewer|larg|small|long|short|east|west|north|south|left|right|up\b|down\b|upward|downward|between|"
    r"from .{1,80}? to\b|zero|flat|beyond|outside|inside|cross|positive|negative|exceed|dens|overlap|within)",
    re.I | re.S,
)
WARNING = re.compile(r"\b\w*Warning\b: |\bTraceback \(most recent call last\)")


def texts(output: NotebookNode) -> list[str]:
    """Return every text of an output that a reader may see."""
    if output.output_type == "stream":
        return [output.text]
    if output.output_type == "error":
        return ["\n".join(output.traceback)]
    return [
        value
        for kind, value in output.data.items()
        if kind.startswith(("text/", "image/svg")) and isinstance(value, str)
    ]


def clean_outputs(chapter: Chapter) -> list[str]:
    """No error, no warning, no text on the error stream, no path of this machine, no bare frame or object."""
    found = []
    for number, cell in chapter.code:
        for output in cell.outputs:
            if output.output_type == "error":
                found.append(f"cell {number}: an error, {output.ename}")
            if output.output_type == "stream" and output.name == "stderr":
                found.append(f"cell {number}: text on the error stream: {output.text[:80]!r}")
            for text in texts(output):
                if WARNING.search(text):
                    found.append(f"cell {number}: a warning in the output")
                if path := ABSOLUTE.search(text):
                    found.append(f"cell {number}: a path of this machine in the output: {path[0]!r}")
                if 'class="dataframe"' in text:
                    found.append(f"cell {number}: a bare frame; show it with tables.show")
                if re.search(r"<[\w. ]+ (?:object )?at 0x[0-9a-f]+>", text):
                    found.append(f"cell {number}: the address of an object; end the line with a semicolon or assign it")
    return found


def described_figures(chapter: Chapter) -> list[str]:
    """Each figure stands alone in its cell; its words hold a number and a direction and differ from the caption."""
    found = []
    for number, cell in chapter.code:
        if not calls(cell, "figures.show"):
            found += [
                f"cell {number}: a picture that did not pass figures.show" for out in cell.outputs if _pictures(out)
            ]
            continue
        if len(cell.outputs) != 1 or not _pictures(cell.outputs[0]):
            found.append(f"cell {number}: {len(cell.outputs)} outputs, not one figure alone")
            continue
        alt = cell.outputs[0].metadata.get("image/svg+xml", {}).get("alt", "")
        caption = cell.metadata.get("mystnb", {}).get("figure", {}).get("caption", "")
        if not re.search(r"\d", alt) or not DIRECTION.search(alt):
            found.append(f"cell {number}: alternative text without a number or without a direction: {alt!r}")
        if alt.strip().casefold() in caption.casefold() or caption.strip().casefold() == alt.strip().casefold():
            found.append(f"cell {number}: alternative text repeats the caption")
        if re.search(r"\b(nan|inf|None|NaT)\b", alt):
            found.append(f"cell {number}: alternative text with a missing value: {alt!r}")
    return found


def _pictures(output: NotebookNode) -> bool:
    return any(kind.startswith("image/") for kind in output.get("data", {}))


def solutions(chapter: Chapter) -> list[str]:
    """Starters are told to be filled in, solutions are right."""
    found = []
    for item in exercises(chapter)[0]:
        for cells, wanted, what in (
            (item.cells, f"Not yet. {UNTOUCHED}", "starter"),
            (item.solution, "Right. ", "solution"),
        ):
            code = [cell for cell in cells if cell.cell_type == "code" and CHECK.match(last_call(cell))]
            for cell in code[-1:]:
                said = " ".join(text for output in cell.outputs for text in texts(output)[-1:])
                plain = next(
                    (out.data["text/plain"] for out in cell.outputs if "text/plain" in out.get("data", {})), said
                )
                if not plain.startswith(wanted):
                    found.append(f"{item.label}: the {what} gives {plain!r}, not {wanted!r}")
    return found


def summary_sentences(chapter: Chapter) -> list[str]:
    """The Chinese summary has five or six sentences with at least one number."""
    if "summary" not in chapter.items:
        return []
    code = [cell for _, cell in chapter.section(HEADINGS["summary"]) if cell.cell_type == "code"]
    text = "".join(str(output.get("data", {}).get("text/markdown", "")) for cell in code for output in cell.outputs)
    count = len(re.findall(r"[。！？]+[”』」）]*", text))
    chinese = len(re.findall(r"[\u4e00-\u9fff]", text))
    found = [] if count in (5, 6) else [f"小结 has {count} Chinese sentences, not five or six"]
    if chinese < 80 or chinese < 0.4 * len(text):
        found.append(f"小结 holds {chinese} Chinese characters of {len(text)}")
    return found if re.search(r"\d", text) else [*found, "小结 shows no number"]


def key_numbers(chapter: Chapter) -> list[str]:
    """At least one cell states key numbers for the tests to compare, and prints them."""
    checked = [cell for _, cell in chapter.code if cell.source.startswith("# NBVAL_CHECK_OUTPUT")]
    if not checked:
        return ["no cell starts with # NBVAL_CHECK_OUTPUT: nothing of this chapter would be compared"]
    return ["a cell to be compared prints nothing" for cell in checked if not any(texts(out) for out in cell.outputs)]


RULES = (clean_outputs, described_figures, solutions, summary_sentences, key_numbers)
