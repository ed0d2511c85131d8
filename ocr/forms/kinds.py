"""What a page is: a known form, blank paper, or something else: a letter, a continuation sheet, a form not known."""

from __future__ import annotations

from typing import Literal

Kind = Literal["form", "other", "blank"]
