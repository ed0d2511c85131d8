"""For the process of which workers are copies: the forms of the package are loaded once, for all of them.

Imported by name (digitize.machine.forkserver), by nobody else.
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
