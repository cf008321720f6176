"""What everything stands on: arrays, numbers, errors, and bytes read and written."""
