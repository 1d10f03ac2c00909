"""Figures of the page on speed, a module each."""
