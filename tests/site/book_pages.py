"""What pages the book has, from `_toc.yml`: site tests name no page of their own."""

import re
import subprocess
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
HTML = ROOT / "_build" / "html"
#: Pages that Sphinx makes by itself.
MADE = ("search", "genindex")
#: Chinese characters and Chinese punctuation: what `_static/book.css` asks the book's own font for.
HAN = re.compile("[\u2e80-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef]")


def listed(root: Path = ROOT) -> list[str]:
    """Every page of `_toc.yml` in reading order, without suffix."""

    def walk(entry: dict) -> list[str]:
        below = entry.get("chapters", []) + entry.get("sections", []) + entry.get("parts", [])
        own = [entry[key] for key in ("root", "file") if key in entry]
        return own + [page for child in below for page in walk(child)]

    return walk(yaml.safe_load((root / "_toc.yml").read_text(encoding="utf-8")))


def source_of(page: str, root: Path = ROOT) -> Path:
    """The file that a page is made from."""
    for suffix in (".md", ".ipynb"):
        if (root / f"{page}{suffix}").is_file():
            return root / f"{page}{suffix}"
    raise FileNotFoundError(f"_toc.yml lists {page}, and there is neither {page}.md nor {page}.ipynb")


def is_notebook(page: str) -> bool:
    """Whether a page is made from a notebook."""
    return (ROOT / f"{page}.ipynb").is_file()


def last_commit(path: Path) -> str:
    """Day of the last commit of a file (empty when it was never committed)."""
    command = ["git", "log", "-1", "--format=%cs", "--", path.name]
    return subprocess.run(command, cwd=path.parent, capture_output=True, text=True, check=False).stdout.strip()


PAGES = listed()
NOTEBOOKS = [page for page in PAGES if is_notebook(page)]
