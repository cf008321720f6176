"""Checks that take long: what a run and its files have to withstand."""
