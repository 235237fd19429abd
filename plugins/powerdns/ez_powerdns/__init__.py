"""Zones and records on PowerDNS servers."""
