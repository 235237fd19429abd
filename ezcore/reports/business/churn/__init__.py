"""Churn: services and clients that left, of those that stood when the month began."""
