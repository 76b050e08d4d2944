"""Rules on the form of a chapter: its parts, its cells, its figures and tables."""

import ast
import re
import statistics

from house.model import Chapter, calls, keyword, outside_fences, tree

HEADINGS = {
    "claim": "## The claim",
    "objectives": "## You will learn",
    "passport": "## Data passport",
    "printed": "## Printed and ours",
    "breaks": "## Where it breaks",
    "quiz": "## Check yourself",
    "exercises": "## Exercises",
    "summary": "## 小结",
    "commands": "## The same in Stata and R",
    "reading": "## Further reading",
}
ALWAYS = ("objectives", "passport", "breaks", "quiz", "exercises", "summary", "reading")
MARKS = {"passport": "tables.passport", "printed": "tables.printed_and_ours"}
KINDS = {"real", "published", "simulated", "local", "real and published"}
TIME = re.compile(r"\*\*Time:\*\* (\d+) minutes to read, (\d+) to work\. \*\*Read before:\*\* \S")
#: Openings of a bullet that cannot be tested: no verb, or a verb that nobody can watch.
NO_OBJECTIVE = re.compile(r"(?:The|A|An|How|What|Why|When|You|To|Understand|Know|Learn|Appreciate|Be|Become)\b")


def parts(chapter: Chapter) -> list[str]:
    """Every part the metadata lists stands under its exact heading, and no heading stands unlisted."""
    book = chapter.notebook.metadata.get("book")
    if not book:
        return ["the notebook's metadata has no key 'book'"]
    found = [f"metadata book: unknown item {item!r}" for item in chapter.items if item not in HEADINGS]
    found += [
        f"metadata book: items lack {item!r}, which every chapter has"
        for item in ALWAYS
        if item not in chapter.items and chapter.in_a_part
    ]
    if book.get("kind") not in KINDS:
        found.append(f"metadata book: kind is {book.get('kind')!r}")
    text = "\n".join(outside_fences(cell.source) for _, cell in chapter.markdown).splitlines()
    for item, heading in HEADINGS.items():
        count = text.count(heading)
        if (item in chapter.items) != (count == 1):
            found.append(
                f"{heading!r} stands {count} times, and {item!r} is {'' if item in chapter.items else 'not '}listed"
            )
    for item, name in MARKS.items():
        cells = [cell for _, cell in chapter.section(HEADINGS[item]) if cell.cell_type == "code"]
        if item in chapter.items and not any(calls(cell, name) for cell in cells):
            found.append(f"{HEADINGS[item]!r} has no cell that calls {name}")
    commands = chapter.section_text(HEADINGS["commands"])
    if "commands" in chapter.items and not (
        "{dropdown}" in commands and re.search(r"not run|run with version", commands)
    ):
        found.append("'## The same in Stata and R' needs a dropdown marked 'not run' or 'run with version ...'")
    first = chapter.cells[0] if chapter.cells else None
    if first is None or first.cell_type != "markdown" or not first.source.startswith("# "):
        found.append("the first cell is not Markdown with the title")
    return found


def objectives(chapter: Chapter) -> list[str]:
    """Three to five objectives that start with a verb one can test, and the minutes of the metadata."""
    text = chapter.section_text(HEADINGS["objectives"])
    bullets = re.findall(r"^[-*] (.+)$", text, re.M)
    found = [] if 3 <= len(bullets) <= 5 else [f"{len(bullets)} objectives, not three to five"]
    found += [
        f"objective does not start with a verb one can test: {line}" for line in bullets if NO_OBJECTIVE.match(line)
    ]
    minutes = chapter.notebook.metadata.get("book", {}).get("minutes", {})
    time = TIME.search(text)
    if not time:
        found.append("the line '**Time:** 30 minutes to read, 60 to work. **Read before:** ...' is missing")
    elif [int(time[1]), int(time[2])] != [minutes.get("read"), minutes.get("work")]:
        found.append(f"the text says {time[1]} and {time[2]} minutes, the metadata {minutes}")
    return found


def labels(chapter: Chapter) -> list[str]:
    """Every figure and every table states the kind of its data."""
    found = []
    for number, cell in chapter.code:
        for name in ("figures.show", "tables.show", "tables.printed_and_ours"):
            found += [
                f"cell {number}: {name} without kind=" for call in calls(cell, name) if keyword(call, "kind") is None
            ]
    return found


def figures(chapter: Chapter) -> list[str]:
    """One figure a cell, captioned and named in the metadata, its words computed, its title outside the picture."""
    found, texts = [], "\n".join(cell.source for _, cell in chapter.markdown)
    for number, cell in chapter.code:
        shown = calls(cell, "figures.show")
        facts = cell.metadata.get("mystnb", {}).get("figure", {})
        caption, name = str(facts.get("caption", "")), str(facts.get("name", ""))
        if re.search(r"\bplt\.show\(|\.suptitle\(|\.set_title\(|\bplt\.title\(", cell.source):
            found.append(f"cell {number}: a title inside the picture or plt.show; use figures.show and the caption")
        if not shown:
            found += [f"cell {number}: figure metadata without figures.show"] if facts else []
            continue
        if len(shown) > 1:
            found.append(f"cell {number}: {len(shown)} figures in one cell")
        if not caption.strip() or not re.fullmatch(r"fig-[a-z0-9-]+", name):
            found.append(f"cell {number}: metadata mystnb.figure needs a caption and a name that starts with fig-")
        elif f"{{numref}}`{name}`" not in texts and not re.search(rf"\{{numref\}}`[^`]*<{name}>`", texts):
            found.append(f"cell {number}: no sentence refers to {name}")
        alt = keyword(shown[0], "alt")
        literal = (
            "".join(n.value for n in ast.walk(alt) if isinstance(n, ast.Constant) and isinstance(n.value, str))
            if alt
            else ""
        )
        computed = alt is not None and any(
            isinstance(n, ast.FormattedValue | ast.Name | ast.Call) for n in ast.walk(alt)
        )
        if not computed:
            found.append(f"cell {number}: alt is a plain text; compute its number (f-string)")
        if caption and literal.strip() == caption.strip():
            found.append(f"cell {number}: alt repeats the caption")
    return found


def figure_names(chapter: Chapter) -> list[str]:
    """Return the names of a chapter's figures."""
    facts = [cell.metadata.get("mystnb", {}).get("figure", {}) for _, cell in chapter.code]
    return [fact["name"] for fact in facts if "name" in fact]


def cell_lengths(chapter: Chapter) -> list[str]:
    """Code cells are short: median at most 5 lines, nine of ten at most 15, none above 25."""
    lengths = {number: sum(bool(line.strip()) for line in cell.source.split("\n")) for number, cell in chapter.code}
    if not lengths:
        return ["no code cell"]
    found = [f"cell {number}: {lines} lines of code; 25 is the most" for number, lines in lengths.items() if lines > 25]
    if statistics.median(lengths.values()) > 5:
        found.append(f"the median code cell has {statistics.median(lengths.values())} lines; 5 is the most")
    if sum(lines <= 15 for lines in lengths.values()) < 0.9 * len(lengths):
        longer = [number for number, lines in lengths.items() if lines > 15]
        found.append(f"more than one cell in ten is longer than 15 lines: {longer}")
    return found


def forbidden_code(chapter: Chapter) -> list[str]:
    """No shell, no installer, no path, no address, no silenced warning, no bare read of a file."""
    found = []
    for number, cell in chapter.code:
        if re.search(r"^\s*[!%]", cell.source, re.M):
            found.append(f"cell {number}: a shell command or a magic")
        nodes = list(ast.walk(tree(cell)))
        imported = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
        imported |= {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module}
        for name in sorted(imported & {"os", "sys", "pathlib", "subprocess", "requests", "urllib.request"}):
            found.append(f"cell {number}: import of {name}")
        for node in nodes:
            if isinstance(node, ast.withitem) and ast.unparse(node.context_expr).startswith("warnings.catch_warnings"):
                caught = ast.unparse(node.optional_vars) if node.optional_vars else ""
                if not any(isinstance(n, ast.Name) and n.id == caught and isinstance(n.ctx, ast.Load) for n in nodes):
                    found.append(f"cell {number}: warnings are caught and not shown; bind them to a name and show them")
            if isinstance(node, ast.Call):
                name = ast.unparse(node.func)
                if re.search(r"^((pd|pandas)\.read_\w+|(.*\.)?(open|loadtxt|genfromtxt|read_text))$", name):
                    found.append(f"cell {number}: {name}; data come from helpers.datasets and helpers.published")
                if re.search(r"(^|\.)(filterwarnings|simplefilter)$", name) and "always" not in ast.unparse(node):
                    found.append(f"cell {number}: {ast.unparse(node)} silences warnings; mend their cause")
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                text = node.value.strip()
                if re.match(r"(\.{0,2}/|~/|[A-Za-z]:\\|https?://)\S*$", text) or re.fullmatch(
                    r"\S+\.(csv|xlsx?|dta|parquet|zip)", text
                ):
                    found.append(f"cell {number}: a path or an address: {text!r}")
    return found


RULES = (parts, objectives, labels, figures, cell_lengths, forbidden_code)
