"""What happens to records: checks, rules, saving, merging, linking, searching."""
