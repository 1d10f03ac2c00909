"""The figure that opens the book: one knob, four consequences."""
