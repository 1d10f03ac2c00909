"""The figures of the chapter on digits, pixel by pixel, a module each."""
