"""Meta's Graph API: one client, and what it takes to talk to Meta without losing a token or a template."""
