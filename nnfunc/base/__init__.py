"""Arrays, numbers, errors and file bytes: the modules every other one builds on."""
