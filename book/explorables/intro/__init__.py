"""The figure that opens the book: one knob, five consequences."""
