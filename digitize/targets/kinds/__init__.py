"""One file per kind of target, defining `TargetKind` as KIND; expensive imports happen when a target is opened."""
