"""Conversion jobs: from captured leads to a kept plan, and from there to records, golden records and links."""
