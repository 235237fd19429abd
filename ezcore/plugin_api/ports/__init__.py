"""Ports: abstract classes with one acting implementer chosen by name."""
