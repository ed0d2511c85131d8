"""Work on files without a workspace: read, extract, convert, inspect, validate, load, map, judge scans, draft forms."""
