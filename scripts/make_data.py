"""Draw the simulated twins of the book and write their raw files; then refresh the manifests and the catalogue.

python scripts/make_data.py                        write data/simulated and data/raw
python scripts/make_data.py --check                write nothing, fail when a file differs from what would be written
python scripts/make_data.py --only city_carbon     one twin only
"""

import argparse
import importlib
import sys
from pathlib import Path

from tqdm import tqdm

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from helpers import simulate  # noqa: E402
from helpers.simulate.files import csv_bytes, same_content  # noqa: E402

DATA = ROOT / "data"


def files(twin: str) -> dict[str, bytes]:
    """Return every file of one twin by its path below data/: panel, truth, raw files."""
    module = importlib.import_module(f"helpers.simulate.{twin}")
    world = module.draw("printed")
    made = {
        f"simulated/{twin}.csv": csv_bytes(world.panel, module.DIGITS),
        f"simulated/{twin}_truth.csv": csv_bytes(world.truth.table(), {"value": 6}),
    }
    raw = importlib.import_module(f"helpers.simulate.raw_{twin}")
    return made | {f"raw/{twin}/{name}": content for name, content in raw.files(world).items()}


def stale(twin: str) -> list[str]:
    """Return the files of one twin that are missing, differ from what would be written, or have no maker."""
    made = files(twin)
    found = [
        name
        for name, content in made.items()
        if not (DATA / name).is_file() or not same_content((DATA / name).read_bytes(), content, name)
    ]
    present = {path.relative_to(DATA).as_posix() for path in (DATA / "raw" / twin).glob("**/*") if path.is_file()}
    return found + sorted(name for name in present - set(made) if not name.endswith("README.md"))


def write(twin: str) -> None:
    """Write the files of one twin; a workbook whose cells did not change stays as it is."""
    for name, content in files(twin).items():
        path = DATA / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.is_file() or not same_content(path.read_bytes(), content, name):
            path.write_bytes(content)


def main() -> int:
    """Write the files, or compare them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing, fail when a file is stale")
    parser.add_argument("--only", choices=simulate.TWINS, help="one twin only")
    arguments = parser.parse_args()
    found: list[str] = []
    for twin in tqdm([arguments.only] if arguments.only else simulate.TWINS, desc="twins"):
        if arguments.check:
            found += stale(twin)
        else:
            write(twin)
    for name in found:
        print(f"data/{name} is not what the book would write (python scripts/make_data.py)", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
