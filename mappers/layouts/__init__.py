"""Layouts: how one target names its tables and columns, codes its lists, and repeats rows for its languages.

The records are the same for all; a state's own database costs a file here (or in a workspace's `layouts/`), not code.
"""

from mappers.layouts.bound import TableLayout, bind_layout, load_layouts, package_layouts, read_layout
from mappers.layouts.laying import Laid, lay_out

__all__ = ["Laid", "TableLayout", "bind_layout", "lay_out", "load_layouts", "package_layouts", "read_layout"]
