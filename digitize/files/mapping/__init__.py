"""Tools for people who write mapping files: draft one, test it, explain it, see what it fills."""
