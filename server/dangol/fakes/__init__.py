"""Providers of messages to try against: their doors, on this machine only."""
