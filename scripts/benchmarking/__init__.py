"""The parts of scripts/benchmark.py. A process that measures a contestant imports only that contestant."""
