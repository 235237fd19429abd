"""Pages for everybody: the store, the doors of accounts, the mail sink."""
