"""Runs of the chapter vanishing."""
