"""Income by product, with credit notes and cancellations taken off."""
