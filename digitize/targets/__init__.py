"""Where records are loaded: one class a target, all behind one protocol."""

from digitize.targets.base import Load, Receipt, Target

__all__ = ["Load", "Receipt", "Target"]
