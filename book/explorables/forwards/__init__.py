"""Figures of the chapter forwards."""
