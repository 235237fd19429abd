"""Carts of visitors and clients."""
