"""The last layers of a recogniser taught anew in numpy, on what its frozen rest sees: no other library is needed."""
