"""Segments: from what a marketer writes to which of thousands hold for a shopper, in microseconds."""
