"""Package layouts, one file per pillar."""
