"""Endings: which are sold, at which registrar, and what they cost."""
