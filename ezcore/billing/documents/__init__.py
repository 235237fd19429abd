"""Documents of invoices and credit notes: one value, from which PDF, Factur-X and UBL are made."""
