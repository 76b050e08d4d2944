"""Compute the slow results of the book, data/evidence/*.csv, each with a manifest that says what it was made from.

python scripts/make_evidence.py                         those that are missing or stale
python scripts/make_evidence.py --only recovery_city_carbon --cores 2
python scripts/make_evidence.py --confirm               stale code, same numbers? draw a tenth again and renew the hash
python scripts/make_evidence.py --check                 name what is missing or stale, compute nothing
"""

import argparse
import datetime
import sys
import time
from pathlib import Path

import pandas as pd
import yaml

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

from evidence_files import (  # noqa: E402
    chosen_rows,
    closure,
    code_hash,
    data_behind,
    data_hashes,
    differences,
    file_hash,
    shortened,
    versions,
)  # fmt: skip
from evidence_jobs import Evidence  # noqa: E402
from evidence_jobs.catalogue import catalogue  # noqa: E402
from helpers import datasets, evidence, montecarlo, seeds  # noqa: E402


def compute(entry: Evidence, cores: int = 1) -> None:
    """Run all draws of a table and write CSV and manifest."""
    start, modules = time.perf_counter(), closure(entry.roots)
    code, data = (
        code_hash(modules),
        data_hashes(data_behind(entry.twin, entry.name)),
    )  # as they are before the first draw
    parts, refused = [], {}
    for scenario in entry.scenarios:
        print(f"{entry.name}: {scenario or 'draws'}", flush=True)
        try:
            made = montecarlo.simulate(entry.job(scenario), entry.draws, cores=cores)
        except montecarlo.FailedDraws as failed:  # kept as blank rows and named, never left out
            refused |= {f"{scenario} {draw}".strip(): words for draw, words in failed.failures.items()}
            made = failed.results.set_index("draw").reindex(entry.draws).rename_axis("draw").reset_index()
            made = made.assign(scenario=scenario) if scenario else made
        parts.append(made)
    frame = shortened(pd.concat(parts, ignore_index=True))
    frame = frame[[*(name for name in ("scenario", "draw") if name in frame), *frame.columns.difference(
        ["scenario", "draw"], sort=False)]]  # fmt: skip
    path = evidence.folder() / f"{entry.name}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    frame.to_csv(path, index=False, lineterminator="\n")
    if path.stat().st_size > 1_000_000:
        raise ValueError(f"{path.name} is larger than 1 MB: fewer draws or columns")
    manifest = {
        "title": entry.title,
        "kind": "simulated",
        "description": entry.description,
        "columns": {name: entry.columns.get(name, "this printed cell, computed in each world") for name in frame},
        "rows": len(frame),
        "draws": f"{entry.draws[0]} to {entry.draws[-1]}",
        "scenarios": list(entry.scenarios) if entry.scenarios != ("",) else [],
        "seed": seeds.MASTER_SEED,
        "sha256": file_hash(path),
        "modules": list(modules),
        "code": code,
        "data": data,
        "versions": versions(),
        "date": datetime.date.today().isoformat(),
        "seconds": round(time.perf_counter() - start),
        "refused": refused,
        "confirmed": [],
    }
    write(entry.name, manifest)


def write(name: str, manifest: dict) -> None:
    """Write a manifest."""
    text = yaml.safe_dump(manifest, allow_unicode=True, sort_keys=False, width=110)
    (evidence.folder() / f"{name}.yml").write_text(text, encoding="utf-8")


def again(entry: Evidence, positions: list[int]) -> list[str]:
    """Draw rows of a stored table again; return the cells that differ."""
    stored = evidence.load(entry.name).iloc[positions].reset_index(drop=True)
    scenarios = stored["scenario"] if "scenario" in stored else [""] * len(stored)
    rows: list[dict] = []
    for scenario, draw in zip(scenarios, stored["draw"], strict=True):
        blank = {"draw": draw} | ({"scenario": scenario} if scenario else {})
        try:
            rows.append(blank | entry.job(scenario)(draw))
        except Exception:  # a refused draw is a blank row, as it is when the table is made
            rows.append(blank)
    fresh = pd.DataFrame(rows)
    if all(set(row) <= {"draw", "scenario"} for row in rows):
        fresh = fresh.reindex(columns=stored.columns)
    fresh = shortened(fresh)
    if set(fresh.columns) != set(stored.columns):
        return [f"the columns changed: {sorted(set(fresh.columns) ^ set(stored.columns))}"]
    return differences(stored, fresh)


def reasons(entry: Evidence) -> list[str]:
    """Say why a stored table is missing or stale; nothing when it is fresh."""
    if entry.name not in evidence.names():
        return ["missing"]
    manifest = evidence.manifest(entry.name)
    found = []
    if file_hash(evidence.folder() / f"{entry.name}.csv") != manifest["sha256"]:
        found.append("its file was changed by hand")
    if manifest["seed"] != seeds.MASTER_SEED:
        found.append("the master seed is another")
    planned = len(entry.scenarios) * len(entry.draws)
    if manifest["rows"] != planned:
        found.append(f"{manifest['rows']} rows instead of {planned}")
    modules = closure(entry.roots)
    if set(modules) != set(manifest["modules"]):
        found.append(f"modules behind it: {', '.join(sorted(set(modules) ^ set(manifest['modules'])))}")
    elif code_hash(modules) != manifest["code"]:
        found.append("code behind it changed")
    gone = [name for name in manifest["data"] if not (datasets.DATA.parent / name).is_file()]
    now = data_hashes(set(manifest["data"]) - set(gone))
    found += [f"{name} changed" for name, value in manifest["data"].items() if now.get(name) != value]
    return found


def confirm(entry: Evidence) -> list[str]:
    """Draw a tenth of a stale table again; when nothing differs, renew its fingerprints and note the day."""
    manifest = evidence.manifest(entry.name)
    day = datetime.date.today().isoformat()
    rows = chosen_rows(manifest["rows"], entry.name, day, share=0.1)
    found = again(entry, rows)
    if not found:
        modules = closure(entry.roots)
        manifest |= {"modules": list(modules), "code": code_hash(modules)}
        manifest["data"] = data_hashes(data_behind(entry.twin, entry.name))
        manifest["confirmed"] = [*manifest["confirmed"], {"date": day, "rows": len(rows)}]
        write(entry.name, manifest)
    return found


def main() -> int:
    """Compute, confirm or check."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    tables = catalogue()
    parser.add_argument("--only", nargs="+", choices=sorted(tables), help="these tables only, stale or not")
    parser.add_argument("--cores", type=int, default=1, help="processes; -1 for all")
    parser.add_argument("--confirm", action="store_true", help="renew fingerprints where a tenth of the rows agrees")
    parser.add_argument("--check", action="store_true", help="compute nothing")
    arguments = parser.parse_args()
    status = 0
    for entry in (tables[name] for name in arguments.only or tables):
        found = reasons(entry)
        if arguments.check:
            status |= bool(found)
            for reason in found:
                print(f"{entry.name}: {reason}")
        elif arguments.confirm and entry.name in evidence.names():
            differing = confirm(entry) if found else []
            status |= bool(differing)
            print(f"{entry.name}: {'; '.join(differing[:3]) or ('confirmed' if found else 'fresh')}")
        elif found or arguments.only:
            compute(entry, arguments.cores)
    return status


if __name__ == "__main__":
    sys.exit(main())
