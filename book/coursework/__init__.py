"""Assignments from one source each: the page of the book, the release, and grading in a sandbox.

Of grading, `grade` does a folder, `children` starts a process for each submission, `execute` runs its kernel in the
sandbox and compares outside, and `hidden` is what asks inside; `answers` makes the right results.
"""
