"""How confidences were made to mean probabilities: of printed lines and of handwritten fields."""
