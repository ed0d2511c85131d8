"""What a person must look at, out as a spreadsheet and back in, checked by the same rules and kept for good."""

from digitize.workspace.decisions.items import Item, list_items

__all__ = ["Item", "list_items"]
