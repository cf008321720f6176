"""The commands. They need the extra `cli` (tyro and rich)."""
