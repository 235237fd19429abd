"""What the shop says: texts of mails, notification rules, notes for staff, mailings."""
