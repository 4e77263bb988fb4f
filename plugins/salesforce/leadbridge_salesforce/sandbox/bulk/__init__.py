"""Bulk API 2.0: jobs that take CSV in, and jobs that give query results out as CSV."""
