"""Looks: what modules show of running services, taken by jobs and kept with their time."""
