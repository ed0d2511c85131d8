"""How a page lies on its scan: skew, gutter, bend, key points, and the way back to the scan."""
