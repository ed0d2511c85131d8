"""One file a kind of target, with its `TargetKind` in KIND; what is costly is imported when a target is opened."""
