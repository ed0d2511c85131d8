"""Handwritten numbers and dates in the digits of Indian scripts."""
