"""Settings of JupyterLab in Binder; postBuild writes them into the environment, not into the home folder."""

import json
import sys
from pathlib import Path

FIRST = "/lab/tree/chapters/01_policy/01_rollout.ipynb"
#: Whichever program Binder starts (lab, notebook or the bare server), its root leads to the first chapter.
SERVER = {name: {"default_url": FIRST} for name in ("ServerApp", "LabApp", "JupyterNotebookApp")}
LAB = {
    # a page of the book opens as a page, not as its source
    "@jupyterlab/docmanager-extension:plugin": {"defaultViewers": {"markdown": "Markdown Preview"}},
    # no question about news, and no request for them
    "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
}


def main() -> None:
    """Write both files below the environment of the Python that runs this."""
    for name, settings in (
        ("etc/jupyter/jupyter_server_config.d/book.json", SERVER),
        ("share/jupyter/lab/settings/overrides.json", LAB),
    ):
        path = Path(sys.prefix) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(settings, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
