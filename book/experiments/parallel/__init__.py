"""Experiments of the chapter on what can be done at once: rounds of Newton's method, and the price of being linear."""
