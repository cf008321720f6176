"""The parts of scripts/benchmark.py. Where a contestant is measured, only that contestant is imported."""
