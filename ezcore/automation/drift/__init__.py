"""Drift: where our books and the vendors say different things. It proposes and never acts by itself."""
