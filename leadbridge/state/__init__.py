"""What LeadBridge remembers between runs: golden records, links and bases, plans, journals, questions, leases.

``store.open_store`` opens it; the other modules are one table or two each, as functions over a
:class:`~leadbridge.state.store.Snapshot` (reading) or a :class:`~leadbridge.state.store.Transaction` (writing), always
for many rows at once. Secrets never enter it. Nothing is imported here, so that the command line starts without
SQLAlchemy.
"""
