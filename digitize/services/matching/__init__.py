"""Compare descriptions of persons from missing reports, bodies or queries."""
