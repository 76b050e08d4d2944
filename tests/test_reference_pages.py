"""The reference pages say what is true: glossary, citation, changelog, README, helper reference, notation."""

import re
import tomllib
from pathlib import Path

import nbformat
import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = ROOT / "chapters" / "06_reference"
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
HAN = re.compile(r"[\u4e00-\u9fff]")
#: English keys start with a small letter, except names and initials that are never written small.
PROPER = ("Broadband China", "Frisch-Waugh-Lovell theorem", "Goodman-Bacon decomposition", "Leontief inverse",
          "Monte Carlo simulation", "R-squared", "Sobel test")  # fmt: skip
TERM = re.compile(r"\{term\}`(?:[^`<]*<)?([^`<>]+)>?`")


def read(name: str) -> str:
    """Text of a file of the repository."""
    return (ROOT / name).read_text(encoding="utf-8")


def helper_reference() -> str:
    """The helper reference, which has three pages."""
    pages = ("helper_reference", "helper_methods", "helper_pages")
    return "\n".join((REFERENCE / f"{page}.md").read_text(encoding="utf-8") for page in pages)


def glossary_entries(page: str) -> list[tuple[str, str, list[str]]]:
    """Split the one glossary directive into (English, Chinese, paragraphs of the definition)."""
    bodies = re.findall(r"^```\{glossary\}\n(.*?)^```$", page, re.M | re.S)
    assert len(bodies) == 1, "the page needs one {glossary} directive"
    entries: list[tuple[str, str, list[str]]] = []
    heads: list[str] = []
    for line in bodies[0].splitlines():
        if line and not line[0].isspace():
            heads.append(line)
        elif line.strip():
            if heads:
                assert len(heads) == 2, f"{heads}: an entry opens with the English and the Chinese term on two lines"
                entries.append((heads[0], heads[1], []))
                heads = []
            entries[-1][2].append(line.strip())
    assert not heads, f"{heads}: no definition"
    return entries


@pytest.fixture(scope="module")
def entries() -> list[tuple[str, str, list[str]]]:
    return glossary_entries((REFERENCE / "glossary.md").read_text(encoding="utf-8"))


def test_glossary_entries_are_pairs_with_two_definitions(entries):
    assert len(entries) >= 80
    for english, chinese, definition in entries:
        assert english == english.strip() and english.isascii(), f"{english!r} is not an English term"
        assert re.match(r"(?:[A-Za-z] )?[\u4e00-\u9fff]", chinese), f"{english}: {chinese!r} is not a Chinese term"
        assert len(definition) == 2, f"{english}: wants an English and a Chinese definition"
        assert not re.search(r"[\u4e00-\u9fff]{2}", definition[0]), f"{english}: the English definition comes first"
        assert 1 <= len(re.findall(r"[.!?](?: |$)", definition[0])) <= 4, f"{english}: one to three sentences"
        assert definition[1].endswith("。") and len(HAN.findall(definition[1])) >= 8, f"{english}: no Chinese sentence"


def test_glossary_terms_are_unique_sorted_and_in_lower_case(entries):
    for side in (0, 1):
        terms = [entry[side].casefold() for entry in entries]
        assert sorted(terms) == sorted(set(terms)), {term for term in terms if terms.count(term) > 1}
    english = [entry[0] for entry in entries]
    assert english == sorted(english, key=str.casefold)
    assert [term for term in english if not term[0].islower() and term not in PROPER] == []


def test_glossary_pairs_reach_the_site(entries):
    """The site puts the other language in brackets: it must read the same pairs as this test."""
    import importlib.util
    from types import SimpleNamespace

    spec = importlib.util.spec_from_file_location("trade_book", ROOT / "_ext" / "trade_book.py")
    extension = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(extension)
    pairs = extension._pairs(SimpleNamespace(srcdir=ROOT))
    assert pairs == {english.lower(): chinese for english, chinese, _ in entries}


def test_a_broken_glossary_is_noticed():
    with pytest.raises(AssertionError, match="two lines"):
        glossary_entries("```{glossary}\nunit\n  What is followed over time.\n```\n")
    with pytest.raises(AssertionError, match="no definition"):
        glossary_entries("```{glossary}\nunit\n个体\n```\n")


def pages() -> dict[str, str]:
    """Markdown of every page and of every Markdown cell below chapters, with the landing page."""
    texts = {
        path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in ROOT.glob("chapters/**/*.md")
    }
    texts["index.md"] = read("index.md")
    for path in ROOT.glob("chapters/**/*.ipynb"):
        if ".ipynb_checkpoints" not in path.parts:
            cells = nbformat.read(path, 4).cells
            texts[path.relative_to(ROOT).as_posix()] = "\n\n".join(c.source for c in cells if c.cell_type == "markdown")
    return texts


def test_every_term_used_stands_in_the_glossary(entries):
    known = {term.casefold() for entry in entries for term in entry[:2]}
    used = {(page, term) for page, text in pages().items() for term in TERM.findall(text)}
    assert used, "no page uses a term: the pattern must have gone wrong"
    assert sorted((page, term) for page, term in used if term.strip().casefold() not in known) == []


def test_every_citation_stands_in_the_bibliography_once():
    keys = re.findall(r"^@\w+\{\s*([^,\s]+)", read("chapters/references.bib"), re.M)
    assert sorted(keys) == sorted(set(keys))
    cited = {(page, key.strip()) for page, text in pages().items()
             for group in re.findall(r"\{cite(?::\w+)?\}`([^`]+)`", text) for key in group.split(",")}  # fmt: skip
    assert cited and sorted((page, key) for page, key in cited if key not in keys) == []


def test_citation_file_agrees_with_the_package():
    facts = yaml.safe_load(read("CITATION.cff"))
    assert facts["cff-version"] == "1.2.0"
    assert {"message", "title", "authors", "version", "date-released", "license"} <= set(facts)
    assert str(facts["version"]) == VERSION
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", facts["date-released"])
    assert all(set(author) == {"name"} for author in facts["authors"]), "no person is named without being asked"
    assert "doi" not in facts and "identifiers" not in facts


def test_changelog_opens_with_this_version_and_its_date():
    heading = re.search(r"^## (.+)$", read("CHANGELOG.md"), re.M)[1]
    assert heading == f"{VERSION} ({yaml.safe_load(read('CITATION.cff'))['date-released']})"


def test_how_to_cite_names_this_version_and_no_other():
    versions = set(re.findall(r"\b\d+\.\d+\.\d+\b", (REFERENCE / "how_to_cite.md").read_text(encoding="utf-8")))
    assert versions == {VERSION}


def test_licences_are_there():
    assert read("LICENSE").startswith("BSD 3-Clause License")
    assert "https://creativecommons.org/licenses/by/4.0/legalcode" in read("LICENSE-text")
    for file in ("LICENSE", "LICENSE-text"):
        assert "The Trade, Carbon, Causality team" in read(file)


def test_readme_names_every_command_of_the_makefile_and_no_other():
    commands = set(re.findall(r"^([a-z-]+):.*##", read("Makefile"), re.M)) - {"help"}
    words = re.sub(r"[Ww]ithout make\b", "", code_of(read("README.md")))
    assert set(re.findall(r"\bmake ([a-z-]+)", words)) == commands


def code_of(text: str) -> str:
    """Return the code of a Markdown page, inline and fenced."""
    fenced = re.findall(r"^```\w*\n(.*?)^```$", text, re.M | re.S)
    return "\n".join(fenced + re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S)))


def test_readme_points_at_files_that_exist():
    readme = read("README.md")
    scripts = {script.replace("\\", "/") for script in re.findall(r"scripts[\\/]\w+\.py", readme)}
    linked = set(re.findall(r"\]\(([^)#:]+)\)", readme))
    assert {"scripts/build_book.py", "scripts/run_tests.py"} <= scripts
    assert [name for name in sorted(scripts | linked) if not (ROOT / name).exists()] == []


def test_readme_names_no_real_package_index():
    assert set(re.findall(r"PIP_INDEX_URL=(\S+?)[\s`]", read("README.md"))) == {"https://mirror.example/simple"}


def modules() -> list[str]:
    """Public modules of the package, without the exercises' answers."""
    return sorted(f"helpers.{path.stem}" for path in (ROOT / "helpers").glob("*.py") if not path.stem.startswith("_"))


def test_helper_reference_shows_every_public_module_once():
    shown = re.findall(r"^\.\. automodule:: (\S+)$", helper_reference(), re.M)
    assert sorted(shown) == modules()


def examples() -> list[str]:
    """Python examples of the helper reference."""
    return re.findall(r"^```python\n(.*?)^```$", helper_reference(), re.M | re.S)


@pytest.mark.parametrize("number", range(len(examples())))
def test_examples_of_the_helper_reference_run(number):
    scope: dict[str, object] = {}
    *body, last = examples()[number].strip().splitlines()
    exec("\n".join(body), scope)
    if re.match(r"\w+ = ", last):
        exec(last, scope)
        last = last.partition(" =")[0]
    assert eval(last, scope) is not None


def test_each_group_of_the_helper_reference_has_words_and_an_example():
    page = helper_reference()
    groups = re.split(r"^## ", page, flags=re.M)[1:]
    assert len(groups) >= 3
    for group in groups:
        opening = group.partition("\n### ")[0]
        assert "```python" in opening and len(opening.split()) >= 30, opening.splitlines()[0]


def test_notation_sets_the_papers_letters_beside_ours():
    page = (REFERENCE / "notation.md").read_text(encoding="utf-8")
    for heading in (
        "### Wang, Hong, You and Song (2025)",
        "### Ding (2025)",
        "### Digital economy and export-implied carbon intensity",
    ):
        assert page.count(heading) == 1
    for symbol in (r"$\alpha_i$", r"$\lambda_t$", "$D_{it}$", "$E_i$", r"$\beta$", "$k$", "$N$", "$T$", "$G$"):
        assert re.search(rf"^\| [^|]*{re.escape(symbol)}", page, re.M), symbol
    rows = [line for line in page.splitlines() if line.startswith("|")]
    assert all(row.count("|") - row.count(r"\|") in (4, 5) for row in rows), "a row of a table has lost a cell"
    for target in re.findall(r"\{doc\}`([^`<>]+)`", page):
        assert any((REFERENCE / f"{target}{ending}").resolve().exists() for ending in (".md", ".ipynb")), target
