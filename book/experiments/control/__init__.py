"""Runs of the chapter control."""
