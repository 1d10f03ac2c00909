"""Common mistakes, one module for each assignment: what students most often write, and what they are told."""
