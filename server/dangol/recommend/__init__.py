"""What to offer a shopper: the shelf, what recommenders counted, and which of their answers make sense here and now."""
