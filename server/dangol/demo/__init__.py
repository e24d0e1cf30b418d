"""The demo: a small shop with real products and real orders, in front of a real dangol."""
