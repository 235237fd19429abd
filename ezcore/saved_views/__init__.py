"""Saved views: the queries of staff lists that a member of staff keeps under a name, alone or for all."""
