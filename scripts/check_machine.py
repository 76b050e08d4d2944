"""Say in plain words what is missing on this machine before anything is installed (runs on any Python 3)."""

import importlib.util
import sys

if sys.version_info < (3, 11):
    sys.exit(
        "This book needs Python 3.11 or newer (3.11 is the one it is tested on); this is Python %s.\n"
        "Install Python 3.11 and say: make book PYTHON=/path/to/python3.11" % sys.version.split()[0]
    )
if sys.version_info >= (3, 12):
    print("Note: the book is tested on Python 3.11; this is %s. It is expected to work." % sys.version.split()[0])
if importlib.util.find_spec("venv") is None or importlib.util.find_spec("ensurepip") is None:
    sys.exit("Python's venv module is missing. On Debian and Ubuntu: sudo apt install python3.11-venv")
