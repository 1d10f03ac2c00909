"""Runs of the chapter memory."""
