"""The shopper's profile: its shape, and the pure functions that change it."""
