"""Runs of the chapter exploding."""
