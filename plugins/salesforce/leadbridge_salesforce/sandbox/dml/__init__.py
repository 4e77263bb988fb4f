"""Saving, deleting and merging records, by the rules of an org."""
