"""What can stop checking before record one."""

from __future__ import annotations


class ValidatorError(Exception):
    """Base of everything this package raises on purpose."""


class RuleError(ValidatorError):
    """A rule or a severity policy is wrong; the message names the rule, the file or the key."""
