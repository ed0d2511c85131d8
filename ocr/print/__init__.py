"""Print: lines and whole pages of it, and the text that a PDF page carries itself."""
