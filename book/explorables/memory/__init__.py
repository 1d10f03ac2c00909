"""The figures of the chapter on the curse of memory, a module each."""
