"""Which hosts a connection may speak to: Salesforce's own over TLS, or a stand-in on this machine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

_SUFFIX: Final = ".salesforce.com"
_SHARED: Final = frozenset({"login", "test"})
_OURS: Final = (_SUFFIX, ".salesforce.mil", ".sfcrmproducts.cn")
"""Salesforce's own domains: My Domain and instance hosts of all its clouds end in one of them."""
LOOPBACK: Final = "127.0.0.1"
_HERE: Final = frozenset({LOOPBACK, "localhost"})
"""Names of this machine; both are spoken to at :data:`LOOPBACK`, wherever a name server says the second one is."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Scheme, host and port of a server. Raises nothing; :func:`parse` makes only such as may be spoken to."""

    scheme: str
    host: str
    port: int | None = None

    def __str__(self) -> str:
        port = f":{self.port}" if self.port else ""
        return f"{self.scheme}://{self.host}{port}"

    @property
    def loopback(self) -> bool:
        return self.host == LOOPBACK

    @property
    def shared(self) -> bool:
        """Whether it signs in users of all orgs, so that it is nobody's own."""
        return self.host.removesuffix(_SUFFIX) in _SHARED


def parse(text: str) -> Origin:
    """The server that a domain setting, or an ``instance_url``, means.

    ``acme.my`` is short for ``acme.my.salesforce.com``. Raises ValueError, in a sentence, for whatever is neither
    Salesforce's own over TLS nor 127.0.0.1.
    """
    parts = urlsplit(text if "://" in text else f"https://{text}")
    host, port = (parts.hostname or "").lower(), parts.port  # .port raises ValueError by itself
    if parts.username or parts.password or parts.path.strip("/") or parts.query or parts.fragment or not host:
        raise ValueError("must be a host only, such as acme.my or acme.my.salesforce.com")
    if host in _HERE and parts.scheme in {"http", "https"}:
        return Origin(parts.scheme, LOOPBACK, port)
    if parts.scheme != "https":
        raise ValueError(f"must be https; plain http is for a stand-in at {LOOPBACK} only")
    full = host if host.endswith(_OURS) else f"{host}{_SUFFIX}"
    if full != host and ("://" in text or host.endswith(".com")):
        pages = "lightning.force.com, where its pages are, answers no program"
        raise ValueError(f"must be a host of Salesforce's own, such as acme.my.salesforce.com; {pages}")
    if port not in {None, 443}:
        raise ValueError("must not name a port; Salesforce answers on 443 only")
    if not all(label and label.replace("-", "").isalnum() and label.isascii() for label in full.split(".")):
        raise ValueError(f"{host!r} is no host name")
    return Origin("https", full)


def may_move(home: Origin, instance: Origin) -> bool:
    """Whether a sign-in at ``home`` may send us on to ``instance``: a stand-in only to a stand-in."""
    return home.loopback == instance.loopback
