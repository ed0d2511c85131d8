"""What arrives at a mapping: zones of pages, cells of tables, and what is known beside them."""
