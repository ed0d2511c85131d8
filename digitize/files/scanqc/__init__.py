"""Which scans of a folder are to be made again while the book still lies on the table."""
