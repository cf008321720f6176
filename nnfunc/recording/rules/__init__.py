"""How each NumPy function is recorded, and how it is called again with its result in given memory."""
