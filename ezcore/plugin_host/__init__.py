"""Finds, checks, orders and calls plugins; nothing below this floor knows how."""
