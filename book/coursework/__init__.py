"""Assignments from one source each: the page of the book, the release, and grading in a sandbox.

The steps of grading: `collect` reads a platform's export (`archives`, `platforms`, `roster`); `grade` runs all steps;
`children` starts a process for each submission; `execute` runs its kernel in the sandbox and compares outside; `hidden`
calls the student's functions inside; `answers` computes the right results. `dates` decides what is late, and `report`
writes the feedback.
"""
