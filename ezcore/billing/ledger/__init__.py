"""Double-entry ledger: every money event is a journal whose entries sum to zero per currency."""
