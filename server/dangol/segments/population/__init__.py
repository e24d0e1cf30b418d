"""How many shoppers a definition holds for: all profiles of a site in columns, and the kernels that count over them."""
