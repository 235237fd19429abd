"""Bank statements: imported once, matched to invoices, recorded by a person."""
