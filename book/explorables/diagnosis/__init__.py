"""The figures of the chapter on diagnosis, a module each."""
