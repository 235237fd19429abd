"""Who is billed and who may log in: clients, users, staff roles, sessions, links in mails."""
