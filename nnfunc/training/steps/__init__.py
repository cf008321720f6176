"""Within an epoch: the steps, and what changes them."""
