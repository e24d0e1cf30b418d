"""From checked trees to arrays, and from a shopper to the segments that hold, in microseconds."""
