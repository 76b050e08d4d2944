"""Serve the built site on this machine, for search and for links that a browser treats differently on disk.

    python scripts/serve_book.py                  on a free port; prints the address; Ctrl-C ends it
    python scripts/serve_book.py --port 8000
    python scripts/serve_book.py --folder _build/student/_build/html

The server answers this machine alone (127.0.0.1).
"""

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

ROOT = Path(__file__).resolve().parent.parent


class Quiet(SimpleHTTPRequestHandler):
    """Answers without a line in the terminal for every file, and lets no browser keep an old page."""

    def log_message(self, *args: object) -> None:
        """Say nothing."""

    def end_headers(self) -> None:
        """Ask the browser to check for a newer file each time."""
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()


def server_for(folder: Path, port: int = 0) -> ThreadingHTTPServer:
    """Return a server of a folder on 127.0.0.1; port 0 takes any free one."""
    return ThreadingHTTPServer(("127.0.0.1", port), partial(Quiet, directory=str(folder)))


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder while a `with` block runs; gives the address, which ends in a slash."""
    server = server_for(folder)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


def main() -> int:
    """Run the command line."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--port", type=int, default=0, help="0, the default, takes any free port")
    ask.add_argument("--folder", type=Path, default=ROOT / "_build" / "html")
    args = ask.parse_args()
    if not (args.folder / "index.html").is_file():
        print(f"No site in {args.folder}. Build it first: make book", file=sys.stderr)
        return 1
    try:
        server = server_for(args.folder, args.port)
    except OSError as error:
        print(f"Port {args.port} cannot be used ({error.strerror}). Try another, or leave --port out.", file=sys.stderr)
        return 1
    print(f"The book is at http://127.0.0.1:{server.server_port}/ (Ctrl-C ends)", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        print()
    finally:
        server.server_close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
