#!/usr/bin/env python3
"""Parvis on a bare machine: `python3 run.py` (see `python3 run.py --help`).

Only the standard library, and nothing an old Python cannot parse: someone whose Python is too old
must read a sentence, not a SyntaxError. Everything else is in `runner/`.
"""

import os
import sys

if sys.version_info < (3, 11):  # noqa: UP036  (this file is also read by the Pythons it refuses)
    sys.stderr.write(
        # Worded without accents, which an old Python in an old terminal may not print.
        "Parvis demande au moins Python 3.11, et celui-ci est Python "
        + sys.version.split()[0]
        + " : installez Python 3.11, puis lancez python3.11 run.py\n"
    )
    sys.exit(2)
if os.name != "posix":
    sys.stderr.write("run.py fonctionne sous Linux et macOS ; sous Windows, passez par WSL.\n")
    sys.exit(2)

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from runner.cli import main

sys.exit(main(sys.argv[1:]))
