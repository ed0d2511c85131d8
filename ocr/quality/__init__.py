"""How good a scan is: what a person would scan again while the book still lies on the table."""
