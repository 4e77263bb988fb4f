"""The HTTP API: paths, and what answers them."""
