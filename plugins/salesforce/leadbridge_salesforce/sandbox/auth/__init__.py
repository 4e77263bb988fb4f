"""Signing in: sessions, OAuth, and the SOAP login that is going away."""
