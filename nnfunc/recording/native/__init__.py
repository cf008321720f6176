"""The replay in C, a wing of its own: a plan as words, a loop that reads them, and where that can be used."""
