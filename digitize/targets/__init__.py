"""Load targets: one class per target, all with the same protocol."""

from digitize.targets.base import Load, Receipt, Target

__all__ = ["Load", "Receipt", "Target"]
