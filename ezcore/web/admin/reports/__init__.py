"""/admin/reports/: how business is. One file per report, all drawn by `admin/reports/report.pt`."""
