"""Ageing: what clients owe, by how long it has been due."""
