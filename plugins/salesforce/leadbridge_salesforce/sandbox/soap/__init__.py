"""The partner SOAP endpoint: envelopes in and out, and the operations that REST does not have."""
