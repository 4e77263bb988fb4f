"""Measurements side by side with peers; no part of the suite. ``benchmarks/README.md`` says how to read them."""
