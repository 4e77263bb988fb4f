"""Seeded worlds in which people work in three CRMs while a tool keeps them in step and things go wrong."""
