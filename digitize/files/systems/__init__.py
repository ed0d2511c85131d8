"""Old systems of several tables: their rows kept, tied to each other by keys, and mapped as whole cases."""
