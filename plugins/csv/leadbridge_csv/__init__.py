"""CSV files as a CRM: tables with a key that can be written, and append-only inboxes without one."""
