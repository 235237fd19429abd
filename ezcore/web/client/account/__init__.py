"""The account of a person and a client: people, contacts, mails, privacy, notifications, keys of the API."""
