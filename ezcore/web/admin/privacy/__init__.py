"""/admin/erasures/: clients who ask to be forgotten."""
