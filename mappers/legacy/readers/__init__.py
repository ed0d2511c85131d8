"""One file a container. Each says RANK (lower is asked first), looks_like(path, head) and read_tables(path, how)."""
