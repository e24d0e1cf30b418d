"""The HTTP side: thin shells around the engine."""
