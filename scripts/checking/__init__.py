"""Checks that take long, of what a run and its files must withstand."""
