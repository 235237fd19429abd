"""Settings that staff change while the shop runs: stored, checked by the typed settings, in force within seconds."""
