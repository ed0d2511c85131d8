"""Languages and scripts: their files, digits, normal form, letters that look alike, closed lists."""
