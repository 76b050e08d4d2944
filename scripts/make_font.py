"""Cut the book's Chinese font: only the glyphs that the book and its data use.

    python scripts/make_font.py --check                     fails when a glyph is missing or a font is over 1 MB
    python scripts/make_font.py --from NotoSansCJK.ttc      writes the two files anew

The source is Noto Sans CJK SC Regular (SIL Open Font Licence 1.1), in Debian's package ``fonts-noto-cjk``; it
weighs 19 MB, so only the cut is kept: ``helpers/fonts/book-han.otf`` for figures,
``_static/fonts/book-han.woff2`` for the web.
"""

import argparse
import subprocess
import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTCollection, TTFont

ROOT = Path(__file__).resolve().parent.parent
FIGURE_FONT = ROOT / "helpers" / "fonts" / "book-han.otf"
WEB_FONT = ROOT / "_static" / "fonts" / "book-han.woff2"
TEXT_FILES = {".md", ".ipynb", ".py", ".csv", ".yml", ".bib", ".js", ".css", ".cff"}
LARGEST = 1_000_000
#: Copyright, family, style, identifier, full name, PostScript name, licence and its address.
KEPT_NAMES = [0, 1, 2, 3, 4, 6, 13, 14]
#: Punctuation that Chinese text needs even where today's pages do not use it.
ALWAYS = "，。、；：？！（）《》〈〉「」『』“”‘’—…·％〔〕【】～￥"


def is_chinese(character: str) -> bool:
    """Tell whether a character needs the Chinese font (CJK ideographs, punctuation and full-width forms)."""
    code = ord(character)
    return 0x2E80 <= code <= 0x9FFF or 0xF900 <= code <= 0xFAFF or 0xFE30 <= code <= 0xFE4F or 0xFF00 <= code <= 0xFFEF


def characters_used() -> set[str]:
    """Collect every Chinese character in the book's own text files (tracked by git or new and not ignored)."""
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True
    )
    if listing.returncode == 0:
        paths = [ROOT / line for line in listing.stdout.splitlines()]
    else:  # an unpacked archive without git
        folders = ("chapters", "data", "helpers", "_static", "_ext")
        paths = [path for folder in folders for path in (ROOT / folder).rglob("*")] + list(ROOT.glob("*.*"))
    used: set[str] = set()
    for path in paths:
        if path.suffix in TEXT_FILES and path.is_file():
            raw = path.read_bytes()
            try:
                text = raw.decode("utf-8-sig")
            except UnicodeDecodeError:  # raw files in the old Chinese encoding
                text = raw.decode("gb18030")
            if path.suffix == ".ipynb" and "\\u" in text:
                text += text.encode("ascii", "ignore").decode("unicode_escape", "ignore")
            used.update(character for character in text if is_chinese(character))
    return used


def glyphs(path: Path) -> set[str]:
    """Return the characters that a font file can draw."""
    with TTFont(path) as font:
        return {chr(code) for code in font.getBestCmap()}


def write(source: Path) -> None:
    """Cut both fonts from a full Noto Sans CJK file."""
    wanted = characters_used() | set(ALWAYS)
    for target, flavor in ((FIGURE_FONT, None), (WEB_FONT, "woff2")):
        if source.suffix == ".ttc":
            fonts = TTCollection(source).fonts
            font = next(f for f in fonts if f["name"].getDebugName(4) == "Noto Sans CJK SC")
        else:
            font = TTFont(source)
        options = subset.Options(flavor=flavor, layout_features=[], notdef_outline=True, name_IDs=KEPT_NAMES)
        options.recalc_timestamp = False
        cutter = subset.Subsetter(options)
        cutter.populate(unicodes=sorted(map(ord, wanted)))
        cutter.subset(font)
        for record in font["name"].names:
            if record.nameID in (1, 4):
                record.string = "Book Han"
            elif record.nameID in (3, 6):
                record.string = "BookHan-Regular"
        if "CFF " in font:
            font["CFF "].cff.fontNames = ["BookHan-Regular"]
        target.parent.mkdir(parents=True, exist_ok=True)
        subset.save_font(font, str(target), options)
        print(f"{target.relative_to(ROOT)}: {len(wanted)} characters, {target.stat().st_size:,} bytes")


def check() -> list[str]:
    """Return what is wrong with the two fonts, one sentence each."""
    used, wrong = characters_used(), []
    for path in (FIGURE_FONT, WEB_FONT):
        if not path.is_file():
            wrong.append(f"{path.relative_to(ROOT)} is missing")
            continue
        missing = sorted(used - glyphs(path))
        if missing:
            wrong.append(f"{path.relative_to(ROOT)} lacks {len(missing)} characters: {''.join(missing[:40])}")
        if path.stat().st_size > LARGEST:
            wrong.append(f"{path.relative_to(ROOT)} is larger than {LARGEST:,} bytes")
    return wrong


def main() -> int:
    """Run the command line."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--from", dest="source", type=Path, help="full Noto Sans CJK font (.ttc or .otf)")
    ask.add_argument("--check", action="store_true", help="only check the fonts that are there")
    args = ask.parse_args()
    if args.source:
        if not args.source.is_file():
            ask.error(f"{args.source} is not there; install Debian's fonts-noto-cjk or download Noto Sans CJK SC")
        write(args.source)
    elif not args.check:
        ask.error("say --from FONT or --check")
    wrong = check()
    for sentence in wrong:
        print(sentence + "; run: python scripts/make_font.py --from NotoSansCJK-Regular.ttc", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
