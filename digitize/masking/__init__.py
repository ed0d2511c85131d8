"""Masking of victims of sexual offences and of children, in one record and across whole cases."""
