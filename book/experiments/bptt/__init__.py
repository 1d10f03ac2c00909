"""Runs of the chapter bptt."""
