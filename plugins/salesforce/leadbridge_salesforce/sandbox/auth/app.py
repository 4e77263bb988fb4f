"""The client app that the org knows, with all that a client signs in by."""

from __future__ import annotations

import secrets
from functools import cached_property
from typing import Final

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from leadbridge_salesforce.sandbox.seeding.settings import DOMAIN, PEOPLE

USERNAME: Final = f"{PEOPLE[0][2]}@{DOMAIN}"


class App:
    """One app and one user. Secrets are made anew at every start."""

    def __init__(self) -> None:
        self.client_id = "3MVG9leadbridge.sandbox"
        self.client_secret = secrets.token_hex(16)
        self.password = secrets.token_urlsafe(12)
        self.security_token = secrets.token_urlsafe(12)
        self.username = USERNAME

    @cached_property
    def _key(self) -> rsa.RSAPrivateKey:
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)

    @cached_property
    def private_key(self) -> str:
        """The key of the app's certificate, in PEM; real orgs hold the certificate only."""
        return self._key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).decode()

    @cached_property
    def public_key(self) -> str:
        found = self._key.public_key()
        return found.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()
