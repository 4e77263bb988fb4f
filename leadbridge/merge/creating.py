"""Which records are owed to a connection that does not have them yet."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from typing import Literal, Protocol

from leadbridge.conditions import ConditionError, Expression
from leadbridge.golden import Link
from leadbridge.mapping.objects import ObjectMapping
from leadbridge.records import Ref, Reject
from leadbridge.values import Raw, Value

Direction = Literal["n_way", "one_way"]


class Telling(Protocol):
    """What is asked of a golden record here."""

    @property
    def id(self) -> int: ...

    @property
    def subject(self) -> str: ...

    @property
    def values(self) -> Mapping[str, Value]: ...


@dataclass(frozen=True, slots=True)
class Target:
    """A connection that the job may create in, with the writable mappings of the job's roles there."""

    connection: str
    mappings: tuple[ObjectMapping, ...]

    def home(self, role: str, subject: str) -> ObjectMapping | None:
        """Where a new record of this role goes; of several objects the first by name, of its mappings by file."""
        fitting = [m for m in self.mappings if m.role == role and m.subject.name == subject]
        return min(fitting, key=lambda m: (m.object, m.file.as_posix()), default=None)


@dataclass(frozen=True, slots=True)
class Create:
    """A record that is to be made.

    Attributes:
        values: provider field -> raw value to send; what names a record of another golden record is not among them.
        refers: provider field -> golden record whose record in this connection it names.
    """

    golden: int
    connection: str
    mapping: ObjectMapping
    values: Mapping[str, Raw]
    refers: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Creating:
    """What deciding creates needs, besides the golden record and its links.

    Attributes:
        targets: in the job's order; with ``one_way`` the source is not among them, see ``writable``.
        create_as: gives the role; None: the source's role.
        account_known: connections where the person's account is linked live, or created in this plan.
        withheld: whether a question about who this is, or about its deletion, is open.
        held: connections where a person or an undo holds the creation back.
        referred: canonical reference field -> the golden record it names.
    """

    targets: Sequence[Target]
    create_as: Expression | None = None
    account_known: Collection[str] = frozenset()
    withheld: bool = False
    held: Collection[str] = frozenset()
    referred: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Creates:
    """``rejects``: connections whose role could not be told, and fields that the new record cannot be given."""

    rows: tuple[Create, ...] = ()
    rejects: tuple[Reject, ...] = ()


def writable(connections: Sequence[str], direction: Direction) -> tuple[str, ...]:
    """The connections that a job may write to: with ``one_way`` all but the first."""
    return tuple(connections[1:] if direction == "one_way" else connections)


def owed_creates(golden: Telling, links: Sequence[Link], scene: Creating) -> Creates:
    """One create for each target connection where the golden record has no link of any state.

    Nothing while a question is open, and nothing where no live link is left: a record that is gone everywhere is not
    made again.
    """
    live = sorted((link for link in links if link.state == "live"), key=lambda link: _place(link.ref, scene))
    if scene.withheld or not live:
        return Creates()
    linked = {link.ref.connection for link in links}
    rows: list[Create] = []
    rejects: list[Reject] = []
    for target in scene.targets:
        if target.connection in linked or target.connection in scene.held:
            continue
        try:
            mapping = _home(golden, [link.role for link in live], target, scene)
        except ConditionError as error:
            rejects.append(_no_role(live[0].ref, target.connection, str(error)))
            continue
        if mapping is not None:
            made = _made(golden, target.connection, mapping, scene)
            rows += made.rows
            rejects += [replace(reject, source=f"{live[0].ref} -> {target.connection}") for reject in made.rejects]
    return Creates(tuple(rows), tuple(rejects))


def create_key(state: str, golden: int, connection: str, object: str) -> str:
    """The key that a create carries, so that repeating it cannot make a second record; ``state`` names the state."""
    return blake2b("\0".join((state, str(golden), connection, object)).encode(), digest_size=16).hexdigest()


def _place(ref: Ref, scene: Creating) -> tuple[int, Ref]:
    order = [target.connection for target in scene.targets]
    return (order.index(ref.connection) if ref.connection in order else -1, ref)


def _home(golden: Telling, roles: Sequence[str], target: Target, scene: Creating) -> ObjectMapping | None:
    """Where the new record goes: by ``create_as``, else in the first of the sources' roles that the target has."""
    if scene.create_as is None:
        homes = (target.home(role, golden.subject) for role in roles)
        return next((home for home in homes if home is not None), None)
    known = target.connection in scene.account_known
    role = scene.create_as.evaluate({**golden.values, "account_known": known})
    if not isinstance(role, str):
        raise ConditionError(f"{scene.create_as.quoted} does not say a role")
    return target.home(role, golden.subject)


def _made(golden: Telling, connection: str, mapping: ObjectMapping, scene: Creating) -> Creates:
    """The create, unless the new record would say nothing of its subject; and the fields it cannot be given."""
    refers = {
        fieldmap.column: scene.referred[target.name]
        for fieldmap in (mapping.fields if scene.referred else ())
        for target in fieldmap.targets
        if fieldmap.column is not None and fieldmap.write != "never" and target.name in scene.referred
    }
    values, referred = golden.values, scene.referred
    made = mapping.create({n: v for n, v in values.items() if n not in referred} if referred else values)
    if not made.values.keys() - mapping.on_create.keys():
        return Creates((), made.rejects)
    return Creates((Create(golden.id, connection, mapping, made.values, refers),), made.rejects)


def _no_role(source: Ref, connection: str, reason: str) -> Reject:
    return Reject(
        code="create_as",
        reason=f"no record is made in {connection}: {reason}",
        remedy="correct the job's `create_as`, or guard it, for example with has(record.field)",
        source=str(source),
    )
