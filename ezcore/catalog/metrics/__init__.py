"""Metrics: what is counted while a service runs, and what it costs."""
