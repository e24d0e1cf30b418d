"""Order files: past orders, loaded in bulk, so that recommenders know what was bought before dangol came."""
