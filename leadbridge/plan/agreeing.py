"""Requests by what is agreed: golden values instead of one CRM's, and nothing that was converted before.

A policy's ``existing:`` compares golden values: what a contact's twin in another CRM says counts as if it stood here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from leadbridge.golden import Link
from leadbridge.plan.book import Book, Entry, first_made
from leadbridge.plan.model import Match, Request, United
from leadbridge.records import Captured, Ref
from leadbridge.values import MISSING, Value, is_absent

OWN = "the lead's own, from before"
ITS_ACCOUNT = "the contact's account"
ITSELF = "the lead's own record, which becomes a contact"


def agreed(requests: Sequence[Request], book: Book) -> list[Request]:
    """The requests that are still to be converted, numbered anew in their order.

    A lead whose links are all ``converted`` is left out. Records that its golden record has already, or that an
    earlier conversion made, are matched, so that none is made twice.
    """
    contacts = _contacts(book)
    going = [r for r in requests if not all(book.is_converted(ref) for ref in r.lead.refs)]
    return [_agreed(replace(r, number=n), book, contacts) for n, r in enumerate(going, 1)]


def united_now(lead: United, book: Book) -> United:
    """The lead as its golden records say it; what was edited since, or reckoned in this run, stays as it is."""
    known = [ref for ref in reversed(lead.refs) if book.known(ref) is not None]
    if not known:
        return lead
    values, reckoned = dict(lead.values), set(lead.values) - set(lead.origins)
    for ref in known:
        for name, value in book.current(ref).items():
            if lead.origins.get(name) in {ref, None} and name not in reckoned:
                values[name] = value
    return replace(lead, values=values)


def _agreed(request: Request, book: Book, contacts: Mapping[int, Sequence[Entry]]) -> Request:
    matching = _Matching(request, book, contacts)
    matched = {
        (connection, role): found
        for connection in request.targets
        for role in ("contact", "account", "opportunity", "prospect")
        if (found := matching.find(connection, role)) is not None
    }
    lead = united_now(request.lead, book)
    changing = frozenset(matching.changing(matched))
    return replace(request, lead=lead, matched=_with_golden(matched, request.targets, book), changing=changing)


@dataclass(frozen=True, slots=True)
class _Matching:
    """What a request's records are, where they exist."""

    request: Request
    book: Book
    contacts: Mapping[int, Sequence[Entry]]

    def find(self, connection: str, role: str) -> Match | None:
        """What was matched; else the person's own contact, its account, or what an earlier conversion made."""
        given = self.request.matched.get((connection, role))
        if given is not None:
            return given
        own = self._contact(connection)
        if role == "contact" and own is not None:
            return own
        if role == "account" and own is not None and (account := self._account(own.record)) is not None:
            return Match(account.captured, ITS_ACCOUNT)
        made = first_made(self.book, role, connection, self.request.lead.refs)
        return None if made is None else Match(made.captured, OWN)

    def changing(self, matched: Mapping[tuple[str, str], Match]) -> Iterator[Ref]:
        """The lead's records that become contacts: each where it is the contact, or where none is made or found."""
        for connection, own in self.request.own.items():
            if connection in self.request.targets:
                found = matched.get((connection, "contact"))
            else:
                found = self._contact(connection)
            if found is not None and found.record.ref == own.record.ref:
                yield own.record.ref

    def _contact(self, connection: str) -> Match | None:
        """The person's own, else the lead's own record where it can become one."""
        links = (self._link(ref) for ref in self.request.lead.refs)
        near = [entry for link in links if link for entry in self.contacts.get(link.golden, ())]
        for entry in near:
            if entry.ref.connection == connection:
                return Match(entry.captured, OWN)
        itself = self.request.own.get(connection)
        return None if itself is None else Match(itself.record, ITSELF)

    def _link(self, ref: Ref) -> Link | None:
        entry = self.book.records.get(ref)
        return None if entry is None else entry.link

    def _account(self, contact: Captured) -> Entry | None:
        home = self.book.homes.get((contact.ref.connection, "account"))
        named = contact.values.get("organisation", MISSING)
        if home is None or is_absent(named):
            return None
        return self.book.records.get(Ref(contact.ref.connection, home.object, str(named)))


def _contacts(book: Book) -> dict[int, list[Entry]]:
    """Golden id -> its live contacts among the captured records, in a stable order."""
    found: dict[int, list[Entry]] = {}
    for _, entry in sorted(book.records.items()):
        if entry.captured.role == "contact" and entry.link is not None and entry.link.state == "live":
            found.setdefault(entry.link.golden, []).append(entry)
    return found


def _with_golden(
    matched: Mapping[tuple[str, str], Match], targets: Sequence[str], book: Book
) -> dict[tuple[str, str], Match]:
    """Each match by what all matches of its role say together, those of the first target first."""
    found = {}
    for (connection, role), match in matched.items():
        alike = [matched[name, role] for name in targets if (name, role) in matched]
        values = {**match.record.values, **_together(alike if role != "account" else [match], book)}
        found[connection, role] = replace(match, record=replace(match.record, values=values))
    return found


def _together(matches: Iterable[Match], book: Book) -> dict[str, Value]:
    values: dict[str, Value] = {}
    for match in matches:
        known = match.record.ref in book.records
        for name, value in (book.current(match.record.ref) if known else match.record.values).items():
            if is_absent(values.get(name, MISSING)):
                values[name] = value
    return values
