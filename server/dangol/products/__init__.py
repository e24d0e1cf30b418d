"""The catalogue of a shop: what its server, its feed and its pages tell of products."""
