"""Money owed and money moved: ledger, invoices, transactions, stored payment methods."""
