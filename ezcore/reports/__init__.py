"""Reads over many nouns: invariants now; reports and search with their issues."""
