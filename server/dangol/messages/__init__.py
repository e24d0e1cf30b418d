"""Push requests: what is to be said to whom, whether it may be said now, and what became of it."""
