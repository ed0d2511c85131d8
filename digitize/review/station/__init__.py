"""The review station: a web application on the office's own machine, at which people answer what is asked."""
