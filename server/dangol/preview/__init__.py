"""Campaigns looked at on the shop's own pages before they are switched on; nothing that happens there counts."""
