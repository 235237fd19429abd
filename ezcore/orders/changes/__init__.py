"""Upgrades and downgrades: another product, other options, or another cycle for a service that runs."""
