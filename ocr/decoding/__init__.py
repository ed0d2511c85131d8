"""From a matrix of probabilities to text: the plain reading, grammars, numbers looked for."""
