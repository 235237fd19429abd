"""Credit that clients hold with us: money paid too much, added ahead, or given back."""
