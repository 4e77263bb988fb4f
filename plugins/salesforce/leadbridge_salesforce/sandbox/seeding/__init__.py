"""What an org holds when a sandbox starts."""
