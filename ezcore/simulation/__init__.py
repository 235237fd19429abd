"""A believable shop and its history: seed, life on a moving clock; later the simulation itself."""
