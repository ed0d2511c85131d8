"""A state's own tables in PostgreSQL: filled as a layout says, with our books in a schema beside them."""
