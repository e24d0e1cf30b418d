"""Dry runs: what definitions would have done with the events that are stored."""
