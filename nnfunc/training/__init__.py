"""Training is an iterator of epochs: what a run is asked, what it does in its steps, and what is done between its epochs."""
