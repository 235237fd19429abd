"""The people of a client: who else may act for it, with what grants; who is invited."""
