"""``/services/Soap/u``: the operations of the partner API that REST has no word for."""
