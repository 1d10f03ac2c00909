"""Figures of the chapter on exploding gradients and clipping, a module each."""
