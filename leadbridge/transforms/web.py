"""Web addresses and domains."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

from leadbridge.provider import Wire
from leadbridge.transforms.clean import as_text, token_of
from leadbridge.transforms.spec import Codec, Options, UnreadableError, transform
from leadbridge.values import Raw


class WebOptions(Options):
    """None."""


_PLAIN_HOST: Final = re.compile(r"(?:(?!xn--)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}", re.ASCII)
_PLAIN_URL: Final = re.compile(rf"(https?://)?{_PLAIN_HOST.pattern}(?:/[\w.~/-]*)?", re.ASCII)
"""The addresses that need no full check: nearly all."""

_SCHEME: Final = re.compile(r"([a-z][a-z0-9+-]*):(?!\d)|([a-z][a-z0-9+.-]*)://", re.ASCII | re.IGNORECASE)


def read_url(raw: Raw) -> str:
    """The address with its scheme (``https`` where it had none) and its host in small letters, the path as it is.

    Raises UnreadableError ``bad_url``, for other schemes too: a field that people click must not run a script.
    """
    text = token_of(raw)
    if plain := _PLAIN_URL.fullmatch(text):
        return text if plain[1] else f"https://{text}"
    if not text:
        return ""
    scheme = _SCHEME.match(text)
    if scheme is None:
        text = "https://" + text.removeprefix("//")
    elif (scheme[1] or scheme[2]).lower() not in {"http", "https"}:
        raise UnreadableError("bad_url", "not a web address: only http and https are taken")
    try:
        parts = urlsplit(text)
        port = f":{parts.port}" if parts.port is not None else ""
    except ValueError as error:
        raise _bad_url() from error
    host = _host(parts.hostname)
    if "@" in parts.netloc:
        raise UnreadableError("bad_url", "the address holds a user name; leave it out")
    if host is None or any(c.isspace() for c in text):
        raise _bad_url()
    after = text.partition("://")[2][len(parts.netloc) :]
    return f"{parts.scheme}://{host}{port}{after}"


def _bad_url() -> UnreadableError:
    return UnreadableError("bad_url", "not a web address")


def _host(host: str | None) -> str | None:
    """Small letters, as they are read on a screen; None where it is no host on the internet."""
    if not host or "." not in host.strip(".") or not re.fullmatch(r"[\w.-]+", host):
        return None
    return host


def read_domain(raw: Raw) -> str:
    """The domain of a web address, an e-mail address or itself: small ASCII letters (IDNA), without ``www.``.

    Raises UnreadableError ``bad_domain``.
    """
    text = token_of(raw).lower()
    if not text:
        return ""
    host = text.partition("://")[2] or text
    host = re.split(r"[/?#]", host, maxsplit=1)[0].rpartition("@")[2]
    host = re.sub(r":\d*$", "", host).strip(".<>")
    host = _without_www(host)
    return host if _PLAIN_HOST.fullmatch(host) else _ascii_domain(host)


def _without_www(host: str) -> str:
    while host.startswith("www.") and "." in host[4:]:
        host = host[4:]
    return host


def _ascii_domain(host: str) -> str:
    import idna

    try:
        domain = _without_www(idna.encode(host, uts46=True).decode("ascii").lower().strip("."))
        idna.decode(domain)
    except (idna.IDNAError, UnicodeError) as error:
        raise UnreadableError("bad_domain", "not an internet domain") from error
    if "." not in domain or domain.rpartition(".")[2].isdigit():
        raise UnreadableError("bad_domain", "not an internet domain")
    return domain


def _url_codec(_options: WebOptions, _wire: Wire) -> Codec:
    return Codec(read_url, as_text)


def _domain_codec(_options: WebOptions, _wire: Wire) -> Codec:
    return Codec(read_domain, as_text)


URL = transform("url", ("url", "text"), WebOptions, _url_codec, "A web address; https where the scheme is missing.")
DOMAIN = transform(
    "domain", ("text",), WebOptions, _domain_codec, "The domain of a web or e-mail address, without www."
)
