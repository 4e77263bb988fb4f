"""What a person says: answers to questions, losing values that are taken back, holds that are lifted.

All of it is remembered here at once and carried to the CRMs by the next run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from leadbridge.errors import UsageError
from leadbridge.golden import Golden, Held, Link
from leadbridge.jobs.sync import duplicates
from leadbridge.jobs.sync.identities import body_of, refs_of
from leadbridge.jobs.sync.keying import kept_keys
from leadbridge.jobs.sync.values_written import value_of
from leadbridge.jobs.sync.viewing import ORGANISATION, owe_members
from leadbridge.jobs.workspace import Workspace
from leadbridge.merge.viewing import COMPANY, organisation_of
from leadbridge.records import Ref
from leadbridge.state import (
    codec,
    conflicts,
    erasures,
    goldens,
    holds,
    information,
    keys,
    links,
    rejects,
    reviews,
    runs,
)
from leadbridge.state.model import ConflictRow, ReviewRow, StoredLink
from leadbridge.state.store import Store
from leadbridge.state.transactions import Transaction
from leadbridge.values import MISSING, Value

_NEXT: Final = "the next run carries it out"


def answer_reviews(workspace: Workspace, store: Store, kind: str, said: str) -> int:
    """The same answer to all open questions of a kind, or to none where one does not take it; gives how many.

    Raises UsageError where there is no open question of this kind.
    """
    answered = after = 0
    with store.begin() as tx:
        while page := reviews.page(tx, after, kind=kind):
            for asked in page:
                _ANSWERS[kind](workspace, tx, asked, said)
                reviews.answer(tx, asked.id, said)
            answered, after = answered + len(page), page[-1].id
    if not answered:
        raise UsageError(f"there is no open question of kind {kind!r}; list them with: leadbridge reviews")
    return answered


def answer_review(workspace: Workspace, store: Store, review: int, said: str) -> str:
    """Settle a question; the next run carries it out. Gives a sentence that says what follows.

    ``identity``, ``duplicate``: same | different. ``delete``: delete | keep. ``leftover``: keep.
    ``surplus``: keep | different. ``field``: the connection whose value counts, or ``=value``. ``edited_key``,
    ``uncertain``, ``match``: the id of the record that is meant, or none.
    """
    with store.begin() as tx:
        asked = reviews.get(tx, review)
        if asked is None or asked.state != "open":
            raise UsageError(f"there is no open question {review}; list them with: leadbridge reviews")
        follows = _ANSWERS[asked.kind](workspace, tx, asked, said)
        reviews.answer(tx, review, said)
    return follows


def restore_conflict(workspace: Workspace, store: Store, conflict: int, loser: int = 1) -> str:
    """The n-th losing value becomes golden by a person's word. Gives a sentence that says what follows."""
    with store.begin() as tx:
        found = conflicts.get(tx, conflict)
        if found is None:
            raise UsageError(f"there is no conflict {conflict}; list them with: leadbridge conflicts")
        if not 1 <= loser <= len(found.losers):
            raise UsageError(f"conflict {conflict} has {len(found.losers)} losing values; there is no {loser}. one")
        golden, field, told = _where(tx, found)
        run = _set(tx, golden, field, found.losers[loser - 1].value, f"restore of conflict {conflict}")
        conflicts.set_restored(tx, conflict, run)
    return f"{told} takes the value that lost in conflict {conflict}; {_NEXT}"


def _where(tx: Transaction, conflict: ConflictRow) -> tuple[int, str, str]:
    """Golden record, field and words for it: a value that lost against an organisation's is given to that."""
    stored = goldens.load(tx, [conflict.golden]).get(conflict.golden)
    held = stored.golden.fields.get(conflict.field) if stored else None
    if stored is None or held is None or not held.shows or held.shows != organisation_of(stored.golden):
        return conflict.golden, conflict.field, conflict.field
    field = COMPANY[conflict.field]
    return held.shows, field, f"{field} of the organisation"


def release(store: Store, ref: Ref, field: str | None = None) -> int:
    """Let runs plan again what an undo holds of this record's golden record; gives how many holds there were."""
    with store.begin() as tx:
        golden = _linked(tx, ref).link.golden
        held = [h for h in holds.of(tx, [golden]).get(golden, ()) if field is None or h.field == field]
        holds.release(tx, held)
        if held:
            _owe(tx, [golden])
    return len(held)


def lift_erasure(store: Store, erasure: int) -> int:
    """Let somebody who was erased be known again; gives how many marks barred them. Raises UsageError: none did."""
    with store.begin() as tx:
        lifted = erasures.lift(tx, erasure)
    if not lifted:
        raise UsageError(f"there is no erasure {erasure} that bars anybody; see the rejects: leadbridge rejects")
    return lifted


def _field(workspace: Workspace, tx: Transaction, asked: ReviewRow, said: str) -> str:
    body = codec.loads(asked.body)
    golden = asked.golden or 0
    if said.startswith("="):
        stored = goldens.load(tx, [golden])
        subject = workspace.mappings.catalogue.subjects[stored[golden].golden.subject]
        value: Value = value_of(subject.fields[asked.field], said[1:])
    else:
        value = _said_by(asked, body, said)
    _set(tx, golden, asked.field, value, f"answer to question {asked.id}")
    return f"{asked.field} is settled; {_NEXT}"


def _said_by(asked: ReviewRow, body: Mapping[str, Any], said: str) -> Value:
    """The value of the record or the connection that a person names."""
    offered = [(c, ref, value) for (c, ref, _), value in zip(body["values"], body["raw"], strict=True)]
    found = [value for connection, ref, value in offered if said in {connection, ref}]
    if len(found) != 1:
        named = " or ".join(sorted({ref if found else connection for connection, ref, _ in offered}))
        raise UsageError(f"question {asked.id} is answered with {named}, or with =VALUE; {said!r} is none of these")
    return MISSING if found[0] == [] else codec.revive(found[0][0])


def _identity(workspace: Workspace, tx: Transaction, asked: ReviewRow, said: str) -> str:
    _one_of(asked, said, "same", "different")
    _owe(tx, [stored.link.golden for stored in links.by_refs(tx, refs_of(asked.body)).values()])
    return f"they are {'one' if said == 'same' else 'different'}; {_NEXT}"


def _delete(workspace: Workspace, tx: Transaction, asked: ReviewRow, said: str) -> str:
    _one_of(asked, said, "delete", "keep")
    if said == "delete":
        return f"the record is deleted elsewhere too: {_NEXT}, and its plan shows which records"
    return "the other records stay; nothing else follows"


def _edited_key(workspace: Workspace, tx: Transaction, asked: ReviewRow, said: str) -> str:
    """The row that a vanished one became: its link follows; the link that the new row got meanwhile goes."""
    refs = sorted(refs_of(asked.body))
    known = links.by_refs(tx, refs)
    vanished = [known[ref] for ref in refs if ref in known and known[ref].link.state == "gone"]
    others = [ref for ref in refs if ref not in {stored.link.ref for stored in vanished}]
    if said == "none":
        _owe(tx, [stored.link.golden for stored in known.values()])
        return f"they are different records; {_NEXT}"
    new = next((ref for ref in others if ref.id == said), None)
    if new is None or len(vanished) != 1:
        named = ", ".join(ref.id for ref in others)
        raise UsageError(f"question {asked.id} is answered with one of {named}, or none; {said!r} is none of these")
    if new in known:
        links.remove(tx, [known[new].link.id])
    links.rename(tx, {vanished[0].link.id: new})
    links.set_states(tx, {vanished[0].link.id: "live"})
    _owe(tx, [vanished[0].link.golden])
    return f"{new} is the record that was {vanished[0].link.ref.id}; {_NEXT}"


def _uncertain(workspace: Workspace, tx: Transaction, asked: ReviewRow, said: str) -> str:
    (ref,) = refs_of(asked.body)
    golden = asked.golden or 0
    if asked.link is None and said != "none":
        _link(tx, asked, golden, replace(ref, id=said))
    elif asked.link is None:
        goldens.set_due(tx, [golden], True)
    _owe(tx, [golden])
    return f"it is looked at again; {_NEXT}"


def _duplicate(workspace: Workspace, tx: Transaction, asked: ReviewRow, said: str) -> str:
    """The same: the record that stands in the way is the one that was to be made."""
    _one_of(asked, said, "same", "different")
    (rival,) = refs_of(asked.body)
    if said == "different":
        return "they are different; it is sent again once its values change, or by: leadbridge rejects retry"
    _link(tx, asked, asked.golden or 0, rival)
    standing = rejects.open_of(tx, [duplicates.refused_as(asked)])
    rejects.set_state(tx, [row.id for some in standing.values() for row in some], "cleared")
    _owe(tx, [asked.golden or 0])
    return f"{rival} is the record that was to be made; {_NEXT}"


def _surplus(workspace: Workspace, tx: Transaction, asked: ReviewRow, said: str) -> str:
    """Different ones: the twin gets a golden record of its own, and is read anew as a first contact."""
    _one_of(asked, said, "keep", "different")
    if said == "keep":
        return "both records stay, and the younger is left alone"
    stored = links.load(tx, [asked.link or 0]).get(asked.link or 0)
    if stored is None or stored.link.state != "surplus":
        raise UsageError(f"question {asked.id} has settled itself; the next run clears it")
    subject = goldens.load(tx, [stored.link.golden])[stored.link.golden].golden.subject
    number = information.reserve(tx, "golden")[0]
    goldens.add(tx, [Golden(number, subject)])
    links.update_all(tx, [replace(stored, link=replace(stored.link, golden=number, state="live", base={}))])
    _owe(tx, [number])
    return f"each stands for itself from now on; {_NEXT}"


def _leftover(workspace: Workspace, tx: Transaction, asked: ReviewRow, said: str) -> str:
    _one_of(asked, said, "keep")
    return "the record stays as it is, a record like any other"


def _match(workspace: Workspace, tx: Transaction, asked: ReviewRow, said: str) -> str:
    from leadbridge.jobs.convert import matches  # what converts builds upon what syncs

    return matches.check(asked, said)


def _link(tx: Transaction, asked: ReviewRow, golden: int, ref: Ref) -> None:
    """The record is the golden record's: a first contact, unless it was synced already."""
    known = links.by_refs(tx, [ref]).get(ref)
    if known is None:
        role = codec.loads(asked.body).get("role", "")
        links.add(tx, [StoredLink(Link(information.reserve(tx, "link")[0], golden, ref, role), due=True)])
    elif known.link.golden != golden:
        _make_one(tx, asked, golden, ref)


def _make_one(tx: Transaction, asked: ReviewRow, golden: int, ref: Ref) -> None:
    """The record was taken for somebody new meanwhile: they are one."""
    linked = links.by_goldens(tx, [golden]).get(golden, ())
    if linked:
        body = body_of([linked[0].link.ref, ref], "a person said so")
        (kept,) = reviews.ask(tx, [replace(asked, kind="identity", body=body)])
        reviews.answer(tx, kept.id, "same")


_ANSWERS: Final[Mapping[str, Callable[[Workspace, Transaction, ReviewRow, str], str]]] = {
    "field": _field,
    "identity": _identity,
    "delete": _delete,
    "edited_key": _edited_key,
    "uncertain": _uncertain,
    "duplicate": _duplicate,
    "surplus": _surplus,
    "match": _match,
    "leftover": _leftover,
}


def _one_of(asked: ReviewRow, said: str, *words: str) -> None:
    if said not in words:
        raise UsageError(f"question {asked.id} is answered with {' or '.join(words)}; {said!r} is none of these")


def _set(tx: Transaction, golden: int, field: str, value: Value, why: str) -> int:
    """A person's word is golden from now on, and all its records are owed it; gives the run that took it."""
    stored = goldens.load(tx, [golden]).get(golden)
    if stored is None:
        raise UsageError("the golden record is no more: it became part of another one; look at that")
    connections = {s.link.ref.connection for some in links.by_goldens(tx, [golden]).values() for s in some}
    run = runs.start(tx, why, "sync", connections)
    fields = {**stored.golden.fields, field: Held(value, "", run.id)}
    if value is MISSING:
        del fields[field]
    changed = replace(stored.golden, fields=fields)
    goldens.update_expected(tx, [changed], {golden: stored.version})
    keys.replace(tx, {golden: kept_keys(changed)})
    _owe(tx, [golden])
    owe_members(tx, [golden] if changed.subject == ORGANISATION else [])
    runs.end(tx, run.id, "done", {"settled": 1})
    return run.id


def _owe(tx: Transaction, numbers: Iterable[int]) -> None:
    """Take these golden records up in the next run, with all their records."""
    mine = sorted(set(numbers))
    goldens.set_due(tx, mine, True)
    found = (stored for some in links.by_goldens(tx, mine).values() for stored in some)
    links.set_due(tx, [stored.link.id for stored in found if stored.link.state == "live"], True)


def _linked(tx: Transaction, ref: Ref) -> StoredLink:
    found = links.by_refs(tx, [ref]).get(ref)
    if found is None:
        raise UsageError(f"{ref} is linked to nothing here; write CONNECTION:OBJECT:ID of a record that was synced")
    return found
