"""Imports: accounts that stand at a vendor become services, without being made again."""
