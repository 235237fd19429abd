"""Texts of mails that staff wrote: they stand before the theme's files, every version is kept."""
