"""Themes: finding them, reading `theme.toml`, the chain child, parents, plugin, base, and colours that can be read."""
