"""/admin/promotions/: codes that make orders cheaper."""
