"""What the book's figures show: one module per chapter, pure functions from parameters to a Figure."""
