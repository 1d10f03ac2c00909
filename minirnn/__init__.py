"""Readable, fast recurrent networks in NumPy: the library of the book *Gradients Through Time*."""
