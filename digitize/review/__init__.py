"""Review: questions go out as a spreadsheet and come back as answers, checked by the same rules and kept
permanently.
"""

from digitize.workspace.decisions.items import Item, list_items

__all__ = ["Item", "list_items"]
