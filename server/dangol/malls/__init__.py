"""What mall platforms tell of orders and members by their webhooks."""
