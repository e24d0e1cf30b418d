"""dangol: on-site marketing for online shops, self-hosted and made of plugins."""

__version__ = "0.2.0"
