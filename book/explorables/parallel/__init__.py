"""Figures of the chapter on what can be done at once."""
