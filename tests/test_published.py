"""The printed tables: every cell, its number, and how to ask for one."""

from pathlib import Path

import pytest

from helpers import published
from helpers.published import CellNotFoundError

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize("paper", published.PAPERS)
def test_cells_keep_the_print_and_its_number(paper):
    cells = published.load_cells(paper)
    numeric = cells[~cells["stat"].isin(["stars", "other"])]
    printed = numeric[numeric["value"].ne("")]
    assert printed["number"].notna().all()
    assert printed["decimals"].notna().all()
    for text, number, decimals in zip(printed["value"], printed["number"], printed["decimals"], strict=True):
        assert f"{number:.{decimals}f}" == text
    assert cells.loc[cells["stat"].isin(["stars", "other"]), "number"].isna().all()
    assert not cells[["column_label", "value", "scan_note"]].isna().any(axis=None)
    assert str(cells["stat"].dtype) == "category"


@pytest.mark.parametrize("paper", published.PAPERS)
def test_every_coefficient_has_its_stars_cell(paper):
    cells = published.load_cells(paper)
    place = ["table", "column", "column_label", "term"]
    coefficients = cells.loc[cells["stat"].eq("coef"), place].apply(tuple, axis=1)
    stars = cells.loc[cells["stat"].eq("stars"), place].apply(tuple, axis=1)
    assert set(coefficients) <= set(stars)


def test_a_frame_is_yours_to_change():
    cells = published.load_cells("wang2025")
    cells["value"] = "0"
    assert published.load_cells("wang2025")["value"].ne("0").any()


def test_one_cell():
    assert published.cell("wang2025", "T1", "(1)", "CBEC", "coef") == -0.0846
    assert published.cell("wang2025", "T1", "(1)", "CBEC", "stars") == "*"
    assert published.cell_text("wang2025", "T2", "(1)", "R-squared", "r2") == "0.7100"
    row = published.find_cell("wang2025", "T1", "(1)", "CBEC", "parenthesis")
    assert (row["number"], row["decimals"], row["scan_uncertain"]) == (-3.12, 2, 0)
    assert published.cell("wang2025", "T3", "Treated", "GDP", "mean", column_label="Matched") == 10.915


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (("wang2025", "T1", "(1)", "CBE", "coef"), r"no term 'CBE' in table 'T1' in column '\(1\)'.*'CBEC'"),
        (("wang2025", "T12", "(1)", "CBEC", "coef"), "no table 'T12'; near or other names: .*'T1'"),
        (("wang2025", "T1", "(3)", "CBEC", "coef"), r"no column '\(3\)' in table 'T1'"),
        (("wang2025", "T1", "(1)", "CBEC", "se"), "no stat 'se'.*'coef', 'stars', 'parenthesis'"),
        (
            ("wang2025", "T3", "Treated", "GDP", "mean"),
            "prints 2 such cells.*'Unmatched'.*'Matched'.*Name column_label",
        ),
        (("wang2025", "T9", "(1)", "N", "n"), "holds no number: MISSING"),
        (("wang", "T1", "(1)", "CBEC", "coef"), "unknown paper 'wang'; use one of wang2025"),
    ],
)
def test_a_wrong_question_gets_a_clear_answer(asked, message):
    with pytest.raises(ValueError, match=message):
        published.cell(*asked)


def test_a_cell_that_is_not_there_is_a_value_error():
    assert issubclass(CellNotFoundError, ValueError)
    with pytest.raises(CellNotFoundError, match="no column_label 'matched'"):
        published.cell("wang2025", "T3", "Treated", "GDP", "mean", column_label="matched")


def test_printed_zones():
    zones = published.load_printed_zones()
    assert len(zones) == 132
    assert zones["zone_as_printed"].value_counts().loc["Taizhou"] == 2
    assert zones["note_as_printed"].ne("").sum() == 5  # Yiwu, Hunchun, Suifenhe, Manzhouli, Dehong
    assert not zones.isna().any(axis=None)


def test_papers_say_what_is_unknown():
    papers = published.load_papers()
    assert set(published.PAPERS) < set(papers)
    assert papers["li_zhu2025_review"]["doi"] == "10.12677/ecl.2025.1451535"
    for key in ("ding2025", "digital_economy_exports"):
        assert papers[key]["status"] == "Unidentified working text"
        assert papers[key]["journal"] is None
    fields = [set(paper) for paper in papers.values()]
    assert all(one == fields[0] for one in fields)


def test_papers_stand_in_the_bibliography():
    pybtex = pytest.importorskip("pybtex.database")
    entries = pybtex.parse_file(ROOT / "chapters" / "references.bib").entries
    for key, paper in published.load_papers().items():
        entry = entries[key]
        year = entry.fields.get("year")
        assert (int(year) if year else None) == paper["year"]
        assert entry.fields.get("doi") == paper["doi"]
        authors = [" ".join([*person.first_names, *person.last_names]) for person in entry.persons.get("author", [])]
        assert authors == (paper["authors"] or [])
