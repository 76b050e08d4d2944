"""Put the built site into one zip that opens from disk, without a server and without the network.

    python scripts/zip_book.py                    _build/html -> _build/trade-carbon-causality-offline.zip

The same site gives the same bytes: names are sorted and every file carries the same date.
"""

import argparse
import re
import sys
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

ROOT = Path(__file__).resolve().parent.parent
NAME = "trade-carbon-causality"
FIRST = """Trade, Carbon, Causality: the book, to read without the network

1. Unpack the whole zip into a folder (do not open the pages inside the zip: they would miss their pictures).
2. Open index.html in a browser. Formulas, figures and the search work from disk.

The notebooks are in _sources/chapters; each page's download button gives its own.

离线阅读：先把整个压缩包解压到一个文件夹，再用浏览器打开 index.html。公式、图和搜索都不需要联网。
"""
#: Left out: what only Sphinx itself reads.
UNREAD = (".buildinfo", ".doctrees")
#: The theme asks for its icon fonts ahead of time, in a way that browsers refuse on disk; they come without the hint.
EARLY = re.compile(rb'<link rel="preload" as="font"[^>]*>\s*')


def zip_book(site: Path, target: Path) -> int:
    """Write the site's files below one folder into `target` and return how many there are.

    Raises
    ------
    ValueError
        If there is no built site in `site`.
    """
    if not (site / "index.html").is_file():
        raise ValueError(f"no site in {site}: build it first with make book")
    files = {path.relative_to(site).as_posix(): path for path in site.rglob("*") if path.is_file()}
    kept = sorted(name for name in files if not name.startswith(UNREAD))
    target.parent.mkdir(parents=True, exist_ok=True)
    with ZipFile(target, "w", ZIP_DEFLATED, compresslevel=9) as bundle:
        bundle.writestr(_entry("READ-ME-FIRST.txt"), FIRST.replace("\n", "\r\n").encode("utf-8-sig"))
        for name in kept:
            content = files[name].read_bytes()
            bundle.writestr(_entry(name), EARLY.sub(b"", content) if name.endswith(".html") else content)
    return len(kept) + 1


def _entry(name: str) -> ZipInfo:
    entry = ZipInfo(f"{NAME}/{name}", date_time=(1980, 1, 1, 0, 0, 0))
    entry.compress_type = ZIP_DEFLATED
    entry.create_system = 3  # the same on every system: plain files, readable by all
    entry.external_attr = 0o644 << 16
    return entry


def main() -> int:
    """Run the command line."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--site", type=Path, default=ROOT / "_build" / "html")
    ask.add_argument("--target", type=Path, default=ROOT / "_build" / f"{NAME}-offline.zip")
    args = ask.parse_args()
    try:
        count = zip_book(args.site, args.target)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{args.target}: {count} files, {args.target.stat().st_size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
