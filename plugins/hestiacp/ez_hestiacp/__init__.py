"""Rents out hosting accounts of HestiaCP servers: an ezcore provisioning plugin."""
