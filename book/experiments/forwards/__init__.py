"""Runs of the chapter forwards."""
