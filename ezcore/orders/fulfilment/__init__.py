"""From paid to delivered."""
