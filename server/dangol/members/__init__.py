"""Member files: a shop's members and their traits as CSV."""
