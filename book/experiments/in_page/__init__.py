"""Networks that a page trains, and the same in JavaScript beside them: tasks, cells, and the descent. Python's side is
minirnn's, with weights and batches from numbers that a page can draw too.
"""
