"""Files of ruled registers: drafted from scans, tried on pages, corrected by hand or in the browser."""
