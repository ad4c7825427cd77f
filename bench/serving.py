"""`python -m bench.serving ROWS`: serves a practice company, tells its addresses on stdout, ends with its input."""

from __future__ import annotations

import json
import sys

from bench.calls import TODAY
from bench.feeds import mirrored
from sync.sandbox.serve import serve


def main() -> int:
    with serve(mirrored(int(sys.argv[1]), TODAY), limits=False) as served:
        print(json.dumps(served.environ), flush=True)
        sys.stdin.read()
    return 0


if __name__ == "__main__":
    sys.exit(main())
