"""Runs of the chapter chaos."""
