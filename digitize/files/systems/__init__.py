"""Legacy systems of several tables: rows stored, joined by keys, and mapped as whole cases."""
