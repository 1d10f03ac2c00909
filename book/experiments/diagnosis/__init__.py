"""The benchmark of `diagnose`: broken and healthy networks, what is wrong with each, and what it says of them."""
