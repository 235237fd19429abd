"""Tickets that staff answer in another help desk too: told there, and read back."""
