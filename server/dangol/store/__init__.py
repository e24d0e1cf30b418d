"""Everything that talks to Redis or Valkey."""
