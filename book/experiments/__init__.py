"""Long runs made beforehand, and their saved results. `make sweeps` makes them all again."""
