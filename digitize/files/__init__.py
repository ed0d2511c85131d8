"""Work on files without a workspace: read, extract, convert, inspect, validate, load, map, check scans, draft forms."""
