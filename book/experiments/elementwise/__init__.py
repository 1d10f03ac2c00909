"""Runs of the chapter elementwise."""
