"""Everything that ties reading, mapping and checking together, remembers, loads or shows."""

__version__ = "0.2.0"
