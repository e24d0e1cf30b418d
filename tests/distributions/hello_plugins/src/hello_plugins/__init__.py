"""Plugins for dangol by someone else."""
