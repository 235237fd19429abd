"""How the vendors' servers are doing: a breaker per provider, and pauses by staff."""
