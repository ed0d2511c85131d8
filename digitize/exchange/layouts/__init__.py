"""Layouts of packages, one file a pillar."""
