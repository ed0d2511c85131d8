"""What an office gains by learning its own handwriting: the command of benchmarks/parts/handwriting/learn.py.

python benchmarks/learn.py --quick
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.parts.handwriting.learn import main  # noqa: E402  # the checkout first, wherever it is run from

if __name__ == "__main__":
    sys.exit(main())
