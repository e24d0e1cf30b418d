"""dangol: on-site marketing for online shops, self-hosted and made of plugins."""

__version__ = "0.1.0"
