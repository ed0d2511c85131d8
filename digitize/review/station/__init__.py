"""The review station: a web application on the office's own machine for answering questions."""
