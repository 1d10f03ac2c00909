"""The figures of the chapter on backpropagation through time, a module each."""
