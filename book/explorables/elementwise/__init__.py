"""Figures of the chapter on element-wise recurrence, a module each."""
