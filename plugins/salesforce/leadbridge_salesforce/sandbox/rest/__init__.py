"""``/services/data``: the resources of the REST API."""
