"""The cut Chinese fonts hold every character of the book, and the check notices when they do not."""

from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

import make_font

FONTS = (make_font.FIGURE_FONT, make_font.WEB_FONT)


def test_both_fonts_hold_every_character_of_the_book() -> None:
    assert make_font.check() == []


@pytest.mark.parametrize("path", FONTS, ids=lambda path: path.name)
def test_a_glyph_is_more_than_an_entry_in_a_table(path: Path) -> None:
    with TTFont(path) as font:
        glyphs, names = font.getGlyphSet(), font.getBestCmap()
        empty = [chr(code) for code, name in names.items() if glyphs[name].width == 0]
        assert names[ord("碳")] != ".notdef"
        assert not [character for character in empty if make_font.is_chinese(character)]
        assert font["name"].getDebugName(1) == "Book Han"


def test_a_missing_character_is_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture) -> None:
    monkeypatch.setattr(make_font, "characters_used", lambda: {"碳", "\U00020000", "\u9f98"})
    wrong = make_font.check()
    assert len(wrong) == 2
    assert all("lacks" in sentence and "\u9f98" in sentence for sentence in wrong)
    monkeypatch.setattr("sys.argv", ["make_font.py", "--check"])
    assert make_font.main() == 1
    assert "run: python scripts/make_font.py --from" in capsys.readouterr().err


def test_a_missing_or_heavy_font_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(make_font, "LARGEST", 1000)
    assert all("larger than 1,000 bytes" in sentence for sentence in make_font.check())
    monkeypatch.setattr(make_font, "ROOT", tmp_path)
    monkeypatch.setattr(make_font, "characters_used", set)
    monkeypatch.setattr(make_font, "FIGURE_FONT", tmp_path / "none.otf")
    monkeypatch.setattr(make_font, "WEB_FONT", tmp_path / "none.woff2")
    assert make_font.check() == ["none.otf is missing", "none.woff2 is missing"]


@pytest.mark.parametrize("character", "碳，。（％\u3005\u4e00\u9fff")
def test_what_needs_the_chinese_font(character: str) -> None:
    assert make_font.is_chinese(character)


@pytest.mark.parametrize("character", "aé−·“…²β ")
def test_what_does_not(character: str) -> None:
    assert not make_font.is_chinese(character)


def test_a_cut_holds_what_was_asked_for_and_no_more(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    source = make_font.FIGURE_FONT
    monkeypatch.setattr(make_font, "ROOT", tmp_path)
    monkeypatch.setattr(make_font, "FIGURE_FONT", tmp_path / "cut" / "book-han.otf")
    monkeypatch.setattr(make_font, "WEB_FONT", tmp_path / "cut" / "book-han.woff2")
    monkeypatch.setattr(make_font, "characters_used", lambda: {"碳", "税"})
    make_font.write(source)
    for path in (make_font.FIGURE_FONT, make_font.WEB_FONT):
        cut = make_font.glyphs(path)
        assert {"碳", "税"} <= cut
        assert cut <= {"碳", "税", *make_font.ALWAYS}
    assert make_font.check() == []


def test_the_licence_of_the_font_stands_inside_it() -> None:
    for path in FONTS:
        with TTFont(path) as font:
            assert "Open Font License" in font["name"].getDebugName(13)
