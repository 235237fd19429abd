"""Registered names: search, register, transfer, keep, let go."""
