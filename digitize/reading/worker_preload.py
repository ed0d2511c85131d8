"""Preload for the fork server of page workers: loads the package's forms once for all of them.

Imported only by name (digitize.machine.forkserver).
"""

from __future__ import annotations

from contextlib import suppress

import digitize.reading.page  # noqa: F401  # what workers do
import ocr.forms.read  # noqa: F401
from ocr.errors import FormError
from ocr.forms.zones import package_models

# A worker that needs a form file which is wrong says so of its page.
with suppress(FormError):
    package_models()
