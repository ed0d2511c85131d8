"""A recogniser of English handwriting in the fields of police forms."""
