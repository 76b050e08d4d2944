"""The book's own Sphinx extension: what the site does that no package does for us."""

import re
import shutil
import subprocess
from importlib import metadata
from itertools import pairwise
from pathlib import Path

from docutils import nodes
from myst_nb.core.render import MimeData, NbElementRenderer
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment

from lighter import lighter_html, lighter_svg

#: Options of the theme that Jupyter Book's own settings have no words for.
THEME = {
    "search_bar_text": "Search 搜索",
    "show_toc_level": 2,
    "navigation_with_keys": True,
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}


# --- figures: computed alternative text, the note below, colours that turn with dark mode

_render_image = NbElementRenderer.render_image


def render_image(self: NbElementRenderer, data: MimeData) -> list[nodes.Element]:
    """Add to a notebook's image what helpers.figures.show computed: alternative text and note.

    The class ``dark-light`` keeps the theme from putting a white card behind it; ``turns`` is ours (see book.css).
    """
    facts = data.output_metadata.get("image/svg+xml", {})
    if data.mime_type != "image/svg+xml" or "alt" not in facts:
        return _render_image(self, data)
    picture = _render_image(self, MimeData(**{**vars(data), "content": lighter_svg(str(data.content))}))
    picture[0]["alt"] = facts["alt"]
    picture[0]["classes"] = [*picture[0].get("classes", []), "dark-light", "turns"]
    return [*picture, nodes.raw("", f'<p class="figure-note">{facts["note"]}</p>', format="html")]


# --- MathJax from the site itself


def copy_mathjax(app: Sphinx) -> None:
    """Copy the one script and the fonts that MathJax asks for into the site (1.6 MB; the whole package is 24 MB)."""
    if app.builder.format != "html":
        return
    files = [file for file in metadata.files("sphinx-mathjax-offline") or [] if "static/mathjax/" in str(file)]
    target = Path(app.outdir) / "_static" / "mathjax"
    for file in files:
        inside = str(file).split("static/mathjax/")[1]
        if inside == "tex-chtml.js" or inside.startswith("output/chtml/fonts/woff-v2/"):
            copy = target / inside
            copy.parent.mkdir(parents=True, exist_ok=True)
            if not copy.is_file():
                shutil.copyfile(file.locate(), copy)
    if not (target / "tex-chtml.js").is_file():
        raise RuntimeError("sphinx-mathjax-offline no longer carries tex-chtml.js; formulas would need the network")


# --- one setting decides on every button that leads to the repository


def set_buttons(app: Sphinx, config: Config) -> None:
    """Show edit, issue, repository and launch buttons when, and only when, the repository's address is set."""
    options = config.html_theme_options
    options.update(THEME)
    known = bool(options.get("repository_url"))
    for name in ("use_edit_page_button", "use_issues_button", "use_repository_button"):
        options[name] = known
    if not known:
        options["launch_buttons"] = {}
    config.mathjax_path = "mathjax/tex-chtml.js"


def page_context(app: Sphinx, pagename: str, templatename: str, context: dict, doctree: nodes.document | None) -> None:
    """Date each page by its last commit, and mend a role that screen readers stumble over."""
    if doctree is None:
        return
    context["last_updated"] = app.env.trade_book_dates[pagename]
    # docutils puts entries into a list by a role that lists do not take; screen readers then find the list empty
    context["body"] = lighter_html(context["body"]).replace('role="doc-biblioentry"', 'role="listitem"')


def pages_out_of_date(app: Sphinx, env: BuildEnvironment, added: set, changed: set, removed: set) -> list[str]:
    """Name pages to make again although their file did not change: its commit is new, or the glossary's terms are."""
    before, env.trade_book_dates = (
        getattr(env, "trade_book_dates", {}),
        {name: _last_commit(Path(env.doc2path(name))) for name in env.found_docs},
    )
    terms, env.trade_book_shown = getattr(env, "trade_book_shown", None), app.env.trade_book_terms
    if terms != env.trade_book_shown:
        return sorted(env.found_docs)
    return [name for name, day in env.trade_book_dates.items() if before.get(name) != day]


def _last_commit(path: Path) -> str | None:
    done = subprocess.run(
        ["git", "log", "-1", "--format=%cs", "--", path.name],
        cwd=path.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip() or None


# --- glossary: the other language in brackets where a term is first used


def _pairs(app: Sphinx) -> dict[str, str]:
    """Read the glossary page: each entry opens with the English and the Chinese term on two lines."""
    page = Path(app.srcdir) / "chapters" / "06_reference" / "glossary.md"
    if not page.is_file():
        return {}
    lines = page.read_text(encoding="utf-8").splitlines()
    pairs = {}
    for english, chinese in pairwise(lines):
        if re.match(r"[A-Za-z]", english) and re.match(r"[\u4e00-\u9fff]|[a-zA-Z] ?[\u4e00-\u9fff]", chinese):
            pairs[english.strip().lower()] = chinese.strip()
    return pairs


def add_other_language(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Put the Chinese term in brackets behind the first use of each English term on a page, and the other way round."""
    if docname.endswith("glossary"):
        return
    pairs = app.env.trade_book_terms
    back = {chinese: english for english, chinese in pairs.items()}
    seen: set[str] = set()
    for node in list(doctree.findall(nodes.reference)):
        anchor = node.get("refuri", "") + "#" + node.get("refid", "")
        if "glossary" not in anchor or "#term-" not in anchor:
            continue
        label = node.get("reftitle") or node.astext()
        key = app.env.trade_book_anchors.get(anchor.rpartition("#term-")[2].rstrip("#"), label.lower())
        if key in seen:
            continue
        seen.add(key)
        shown = node.astext()
        other = back.get(shown) or pairs.get(key) or pairs.get(shown.lower())
        if other and other != shown:
            parent = node.parent
            parent.insert(parent.index(node) + 1, nodes.Text(f" ({other})" if other.isascii() else f"（{other}）"))


def spell_out_status(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Write words for the two signs of the table of running times, which few machines' fonts can draw."""
    words = {"\N{WHITE HEAVY CHECK MARK}": "done", "\N{CROSS MARK}": "failed"}
    for node in list(doctree.findall(nodes.Text)):
        if str(node) in words:
            node.parent.replace(node, nodes.Text(words[str(node)]))


def open_words(app: Sphinx, doctree: nodes.document) -> None:
    """Open the text of a solution: JupyterLab needs it folded, here the solution around it is folded already."""
    for node in doctree.findall(nodes.container):
        if "in-words" in node.get("container_classes", []):
            node["opened"] = True


def read_terms(app: Sphinx) -> None:
    """Read the glossary once a build."""
    app.env.trade_book_terms = _pairs(app)
    app.env.trade_book_anchors = {re.sub(r"[^a-z0-9]+", "-", term): term for term in app.env.trade_book_terms}


def setup(app: Sphinx) -> dict:
    """Connect everything to Sphinx."""
    NbElementRenderer.render_image = render_image
    app.add_config_value("comments_config", {}, "")  # Jupyter Book sets it although we leave its comments out
    app.connect("config-inited", set_buttons, priority=900)
    app.connect("builder-inited", copy_mathjax)
    app.connect("builder-inited", read_terms)
    app.connect("env-get-outdated", pages_out_of_date)
    app.connect("doctree-read", open_words)
    app.connect("doctree-resolved", add_other_language)
    app.connect("doctree-resolved", spell_out_status)
    app.connect("html-page-context", page_context, priority=900)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
