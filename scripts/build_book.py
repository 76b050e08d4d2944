"""Run every notebook and build the site, warnings being errors.

    python scripts/build_book.py                       the book, into _build/html
    python scripts/build_book.py --solutions off       the same without any solution, into _build/student/_build/html
    python scripts/build_book.py --repository URL      with edit, issue and launch buttons for that address

A notebook runs again when its code changed, or anything it stands on: the helpers, the data, the lock file.
A changed sentence runs nothing. With a reader's own panel in data/local, its paper's chapters run on that panel and
lose what holds for the simulated twin only (scripts/local_edition.py).
"""

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import yaml

from local_edition import write_local_edition
from student_edition import write_student_edition

ROOT = Path(__file__).resolve().parent.parent
GROUND = (
    *("helpers/**/*.py", "helpers/**/*.toml", "helpers/fonts/*", "requirements.txt"),
    *("data/**/*.csv", "data/**/*.yml", "data/**/*.xlsx", "data/**/*.txt"),
)
#: Jupyter Book's command. The module it goes without checks web addresses in settings; to import it takes four seconds.
JUPYTER_BOOK = "import sys; sys.modules['rfc3987_syntax'] = None; from jupyter_book.cli.main import main; main()"
FORM = ("_ext/**/*.py", "_config.yml", "_toc.yml")


def fingerprint(root: Path, patterns: tuple[str, ...]) -> str:
    """Hash names and contents of all files that match, in a fixed order."""
    digest = hashlib.sha256(sys.version.encode())
    for path in sorted({path for pattern in patterns for path in root.glob(pattern) if path.is_file()}):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def forget_if_changed(root: Path, build: Path) -> None:
    """Drop executed notebooks when what they stand on changed, and parsed pages when the book's own extension did."""
    stamp = build / ".fingerprint"
    old = stamp.read_text(encoding="utf-8").split() if stamp.is_file() else ["", ""]
    new = [fingerprint(root, GROUND), fingerprint(root, FORM)]
    if old[0] != new[0]:
        if old[0]:
            print("Helpers, data or requirements changed: every notebook runs again.")
        shutil.rmtree(build / ".jupyter_cache", ignore_errors=True)
    if old != new:
        shutil.rmtree(build / ".doctrees", ignore_errors=True)
    build.mkdir(parents=True, exist_ok=True)
    stamp.write_text("\n".join(new), encoding="utf-8")


def configuration(root: Path, build: Path, repository: str | None) -> Path:
    """Write the settings of this build: those of _config.yml, with a repository address if one was given."""
    settings = yaml.safe_load((root / "_config.yml").read_text(encoding="utf-8"))
    if repository is not None:
        settings["repository"]["url"] = repository
    # jupyter-cache keys on code alone; its folder belongs to this build's fingerprint
    settings["execute"]["cache"] = str(build / ".jupyter_cache")
    for name, folder in settings["sphinx"]["local_extensions"].items():
        settings["sphinx"]["local_extensions"][name] = str(root / folder)
    path = build / "_config.yml"
    path.write_text(yaml.safe_dump(settings, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return path


def build_book(root: Path, build: Path, repository: str | None = None) -> int:
    """Build one edition of the book and return Jupyter Book's exit status."""
    forget_if_changed(root, build)
    config = configuration(root, build, repository)
    command = [sys.executable, "-c", JUPYTER_BOOK, "build", str(root), "--path-output", str(build.parent)]
    command += ["--config", str(config), "--toc", str(root / "_toc.yml"), "--warningiserror", "--keep-going"]
    environment = {**os.environ, "PYTHONHASHSEED": "0", "PYTHONPATH": str(root), "MPLBACKEND": "agg"}
    return subprocess.run(command, cwd=root, env=environment, check=False).returncode


def local_files() -> list[Path]:
    """Return the reader's own panels: the files that helpers.study_data would load."""
    sys.path.insert(0, str(ROOT))
    from helpers import study_data  # needs pandas, which takes a second

    folder = study_data.local_folder()
    return [(folder / f"{paper}.csv").resolve() for paper in study_data.local_papers()]


def prepare(solutions: bool) -> tuple[Path, Path]:
    """Write the edition that is asked for; return the folders of its source and of its build."""
    own = local_files()
    if own:
        print(f"Your own data are used: {', '.join(map(str, own))}. Do not publish the pages unless you may.")
        os.environ["BOOK_LOCAL_DATA"] = str(own[0].parent)
        source = ROOT / "_build" / ("local" if solutions else "student") / "source"
        write_local_edition(ROOT, source, own, solutions=solutions)
    elif not solutions:
        source = ROOT / "_build" / "student" / "source"
        write_student_edition(ROOT, source)
    else:
        source = ROOT
    return source, ROOT / "_build" if solutions else ROOT / "_build" / "student" / "_build"


def main() -> int:
    """Run the command line."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--solutions", choices=("on", "off"), default="on")
    ask.add_argument("--repository", help="public address of the repository, in place of the one in _config.yml")
    args = ask.parse_args()
    start = time.perf_counter()
    root, build = prepare(args.solutions == "on")
    status = build_book(root, build, args.repository)
    if status:
        print("\nThe build stopped: the first warning or error above says where.", file=sys.stderr)
        return status
    page = build / "html" / "index.html"
    print(f"\nBuilt in {time.perf_counter() - start:.0f} s. Open this file in a browser:\n    {page.as_uri()}")
    print("or say `make serve`, which serves it at an address that search likes better.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
