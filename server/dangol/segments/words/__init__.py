"""Conditions and what came of them, in Korean and English."""
