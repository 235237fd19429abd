"""Words that staff put on clients, to find and to treat them together."""
