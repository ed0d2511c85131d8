"""Descriptions of persons compared: what a missing report, a body or somebody who asks says of one, and what agrees."""
