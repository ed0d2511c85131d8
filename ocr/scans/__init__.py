"""Open scans: pictures and PDF pages, refused with a reason where they cannot be read."""
