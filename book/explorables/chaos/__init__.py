"""Figures of the chapter on chaos and the Lipschitz constant, a module each."""
