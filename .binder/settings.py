"""Settings of JupyterLab for readers of the book; Binder's postBuild writes them."""

import json
import sys
from pathlib import Path

from jupyter_core.paths import jupyter_config_dir

FIRST = "/lab/tree/chapters/01_policy/01_rollout.ipynb"
#: Whichever program Binder starts (lab, notebook or the bare server), its root leads to the first chapter.
SERVER = {name: {"default_url": FIRST} for name in ("ServerApp", "LabApp", "JupyterNotebookApp")}
SERVER["LabApp"]["custom_css"] = True
LAB = {
    # a page of the book opens as a page, not as its source
    "@jupyterlab/docmanager-extension:plugin": {"defaultViewers": {"markdown": "Markdown Preview"}},
    # no question about news, and no request for them
    "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
}
FILES = {"etc/jupyter/jupyter_config.json": SERVER, "share/jupyter/lab/settings/overrides.json": LAB}
#: JupyterLab shows the first line of a folded cell, and unfolds the output of a cell that runs: both would give a
#: solution away. A folded cell says that it is folded, and its output stays folded with it.
STYLE = """\
/* Solutions of the book stay folded until their reader opens them. */
.jp-InputPlaceholder .jp-PlaceholderText { display: none; }
.jp-InputPlaceholder .jp-Placeholder-contentContainer::before { content: "Folded: click to open"; }
.jp-CodeCell:has(> .jp-Cell-inputWrapper .jp-InputPlaceholder) > .jp-Cell-outputWrapper { display: none; }
"""


def main() -> None:
    """Write settings below the environment of the Python that runs this, the style where JupyterLab looks for it."""
    for name, settings in FILES.items():
        path = Path(sys.prefix) / name
        known = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
        merged = {key: {**known.get(key, {}), **settings.get(key, {})} for key in {**known, **settings}}
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(merged, indent=2) + "\n", encoding="utf-8")
    style = Path(jupyter_config_dir()) / "custom" / "custom.css"
    style.parent.mkdir(parents=True, exist_ok=True)
    style.write_text(STYLE, encoding="utf-8")


if __name__ == "__main__":
    main()
