"""Runs of the chapter intro."""
