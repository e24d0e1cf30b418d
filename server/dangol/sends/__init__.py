"""Manual sends: their files, their start, and the commands."""
