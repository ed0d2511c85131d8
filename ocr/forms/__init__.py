"""Printed forms: their files, where they lie on a page, their zones read and decided."""
