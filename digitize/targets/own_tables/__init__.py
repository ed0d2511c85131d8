"""A state's own tables in PostgreSQL: filled by a layout, with our books in a separate schema."""
