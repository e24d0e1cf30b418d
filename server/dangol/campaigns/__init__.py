"""When a campaign reaches a shopper."""
