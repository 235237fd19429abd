"""Zones, records and domain names at Cloudflare."""
