"""One file a kind of target, with its `Kind` in KIND; what is costly is imported when a target is opened."""
