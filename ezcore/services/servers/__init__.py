"""Servers: the panels and clusters that provisioning modules talk to."""
