"""Check import files without a workspace: tables in blocks of rows, the rules, the results."""
