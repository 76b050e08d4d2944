"""What the page on a reader's own data shows is what the code does: its message, its commands, its numbers."""

import re
import shlex
import sys
from pathlib import Path

import pandas as pd
import pytest

import adapt_local_data
from helpers import study_data
from helpers.downloads import convert
from helpers.tablefiles import DataFileError
from local_panels import local_csv, small_panel

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "chapters" / "06_reference" / "your_own_data.md").read_text(encoding="utf-8")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv(study_data.VARIABLE, str(tmp_path / "own"))
    (tmp_path / "own").mkdir()
    return tmp_path / "own"


def test_the_message_on_the_page_is_the_message_of_the_code(folder):
    (shown,) = re.findall(r"```text\n(.*?)```", PAGE, re.S)
    panel = small_panel("city_sulfur", units=18).astype(object)
    panel.loc[2, "urban_share"] = 51.2
    panel.loc[3, "adcode"] = 330106
    panel.loc[90, "city"] = "合计"
    (folder / "city_sulfur.csv").write_bytes(local_csv(panel))
    with pytest.raises(DataFileError) as caught:
        study_data.load("city_sulfur")
    assert str(caught.value).splitlines()[:-1] == shown.splitlines()


def test_the_commands_of_the_page_run(folder, tmp_path, monkeypatch, capsys):
    (block,) = re.findall(r"```bash\n(.*?)```", PAGE, re.S)
    monkeypatch.chdir(tmp_path)
    sheet = pd.DataFrame({"省份": ["浙江", "江西"], "城市": ["杭州市", "抚州市"], 2015: [52_000, 31_000]})
    sheet.loc[2] = ["全国", "合计", 83_000]
    sheet.to_excel("so2.xlsx", index=False)
    pd.DataFrame({"code": [330100, 361000], "year": [2015, 2015], "emissions": [52.0, 12.0]}).to_csv("co2.csv")
    commands = block.strip().splitlines()
    assert len(commands) == 2
    for command in commands:
        monkeypatch.setattr(sys, "argv", shlex.split(command)[1:])
        assert adapt_local_data.main() == 0, capsys.readouterr().err
    panel = pd.read_csv(folder / "city_sulfur.csv")
    assert panel.to_numpy().tolist() == [[330100, 2015, 5.2, 5200], [361000, 2015, 3.1, 1200]]
    assert "twelve megatonnes of a city become 1,200" in PAGE


def test_units_and_shares_of_the_page():
    assert convert(pd.Series([12.0]), "Mt", "10^4 t").tolist() == [1200]
    assert convert(pd.Series([55.0]), "percent", "share").tolist() == pytest.approx([0.55])
    assert "An urban share of 55 is a percentage; the column wants 0.55." in PAGE
