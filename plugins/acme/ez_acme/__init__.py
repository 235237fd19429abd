"""Certificates of ACME authorities (RFC 8555): the plugin `acme`."""
