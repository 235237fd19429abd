"""Pages of the settings of an installation."""
