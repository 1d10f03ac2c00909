"""Runs of the chapter digits."""
