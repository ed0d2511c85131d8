"""Printable copies of an FIR: form IIF-I as PDF/A, in English and the languages of the states."""
