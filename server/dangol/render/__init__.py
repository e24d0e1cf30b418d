"""Texts, money, and the way from a widget's HTML to the node tree that a page builds."""
