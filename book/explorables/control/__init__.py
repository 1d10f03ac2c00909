"""The figures of the chapter on memory and control: a module a figure, named after it."""
