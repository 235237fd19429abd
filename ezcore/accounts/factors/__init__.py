"""The second factor of a login: one-time codes by an app, recovery codes, and the half-way step of a log-in."""
