"""The book's figures: a folder for each chapter, a module for each figure."""
