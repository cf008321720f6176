"""Training as an iterator of epochs: the options of a run, its steps, and what happens between its epochs."""
