"""Taxes: who pays which, on which day, and how the cents are split."""
