"""Write requirements.txt: every package of the book with its version, with markers for other systems and Pythons."""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HEADER = """\
# Every package of the book and of what it needs, made by `make lock` from pyproject.toml (reasons stand there).
# Proved on Linux with Python 3.11; the markers for other systems and Pythons are the resolver's and unproved.
"""


def main() -> int:
    """Resolve in a throw-away environment, so that the resolver itself never enters the book's."""
    with tempfile.TemporaryDirectory() as folder:
        python = Path(folder) / "bin" / "python"
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "uv"], check=True)
        command = [Path(folder) / "bin" / "uv", "pip", "compile", "--quiet", "--universal", "--python-version", "3.11"]
        command += ["--no-header", "--no-emit-index-url", "--no-emit-find-links", "--upgrade", "pyproject.toml"]
        environment = {**os.environ, "UV_NO_PROGRESS": "1"}
        if "PIP_INDEX_URL" in os.environ:
            environment.setdefault("UV_INDEX_URL", os.environ["PIP_INDEX_URL"])
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env=environment)
    if done.returncode:
        print(done.stderr, file=sys.stderr)
        return done.returncode
    text = re.sub(r" \(pyproject\.toml\)", "", done.stdout)
    (ROOT / "requirements.txt").write_text(HEADER + text, encoding="utf-8")
    count = sum(1 for line in text.splitlines() if line and not line.lstrip().startswith("#"))
    print(f"requirements.txt: {count} pinned lines")
    return 0


if __name__ == "__main__":
    sys.exit(main())
