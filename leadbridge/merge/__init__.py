"""The merge core: from golden records, links, bases and captured values to decisions. Pure: it opens nothing."""
