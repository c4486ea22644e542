"""One PDF file in a process of its own: data (JSON) on stdin, the file on stdout."""

import json
import sys

from portal.pdf.rendering import render

sys.stdout.buffer.write(render(sys.argv[1], json.load(sys.stdin.buffer)))
