"""Mail that comes into the support desk: read, kept, and made a message of a ticket, once; by a pipe or from IMAP."""
