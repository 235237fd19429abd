"""Recurring movement: what running services bring in a month, and what was won and lost of it."""
