"""The figures of the chapter on vanishing gradients, a module each."""
