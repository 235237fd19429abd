"""The support desk: what clients ask and what staff answer."""
