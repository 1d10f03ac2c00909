"""Assignments from one source each: the page of the book, the release, and grading in a sandbox."""
