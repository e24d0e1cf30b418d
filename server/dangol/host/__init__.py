"""Finding plugins, holding them to their contract, and calling them so that each fails alone."""
