"""What is printed on a blank form: rulings, dotted lines, empty boxes, pieces of text; and where answers would go."""
