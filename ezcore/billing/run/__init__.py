"""Many invoices at once: the same rows as `invoices.operations.issue` writes, by bulk statements."""
