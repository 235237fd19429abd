"""Consoles of services in the browser: one-use tickets, and the process that pipes the vendor's socket through."""
