"""What the matrices of the handwriting recogniser say of a field: years, numbers, entries of lists, sections, names."""
