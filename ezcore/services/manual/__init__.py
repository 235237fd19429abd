"""Work that people do: website builds, Linux support. Requests with a form, a checklist, an assignee and time notes."""
