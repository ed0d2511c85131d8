"""Kill runs at random moments and compare the end: the command of benchmarks/parts/trust/kill.py.

python benchmarks/kill.py --quick
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.parts.trust.kill import main  # noqa: E402  # the checkout first, wherever it is run from

if __name__ == "__main__":
    sys.exit(main())
