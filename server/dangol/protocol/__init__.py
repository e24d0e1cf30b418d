"""What travels between shops, browsers and the server."""
