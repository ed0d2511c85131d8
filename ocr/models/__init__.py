"""Weights of line recognisers, with models.toml and SOURCES.md."""
