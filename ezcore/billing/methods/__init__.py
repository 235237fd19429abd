"""Stored payment methods and the names gateways give our clients."""
