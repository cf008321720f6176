"""Networks: their parameters, the results of the two passes, their equations, and checks of arrays and functions."""
