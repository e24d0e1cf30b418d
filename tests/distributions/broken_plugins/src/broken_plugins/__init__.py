"""Plugins that fail, one way each."""
