"""Promotions: codes that make an order, and some of its renewals, cheaper."""
