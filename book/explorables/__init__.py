"""What the book's figures show: a folder for each chapter, a module for each figure."""
