"""What a network is: parameters, what the passes make of them, and whether things fit them."""
