"""Lists as inclusion lists: of an object that ``lists`` names, only the members of that list are anybody's business.

HubSpot tells who is a member now, in the order of their ids, and not who was one; so a cursor keeps them, and what has
joined since is found without trust in stamps.
"""

from __future__ import annotations

from array import array
from base64 import b64decode, b64encode
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, pairwise
from typing import Final
from zlib import compress, decompress, error

from leadbridge.errors import UsageError
from leadbridge_hubspot.client import Client
from leadbridge_hubspot.failures import BadRequestError, NotThereError
from leadbridge_hubspot.objects import kind

_NUMBER: Final = 18  # digits; every id of HubSpot's is a number of fewer


class Members:
    """Ids of records, eight bytes each."""

    def __init__(self, ids: Iterable[str | int] = ()) -> None:
        self._ids = array("q", sorted({int(one) for one in ids}))

    def __contains__(self, id: str) -> bool:
        if not id.isdecimal() or len(id) > _NUMBER:
            return False
        at = bisect_left(self._ids, int(id))
        return at < len(self._ids) and self._ids[at] == int(id)

    def __iter__(self) -> Iterator[str]:
        return map(str, self._ids)

    def __len__(self) -> int:
        return len(self._ids)

    def packed(self) -> str:
        """As text for a cursor: from each to the next, compressed; two or three characters an id."""
        steps = (later - earlier for earlier, later in pairwise((0, *self._ids)))
        return b64encode(compress(",".join(map(str, steps)).encode())).decode()


def unpacked(text: str) -> Members:
    """Raises ValueError where it is none that was packed."""
    try:
        steps = decompress(b64decode(text, validate=True)).decode()
    except error:
        raise ValueError("no packed members") from None
    return Members(accumulate(map(int, steps.split(",")))) if steps else Members()


class Lists:
    """The lists of one connection, each found once; their members as the last capture found them."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._ids: dict[str, str] = {}
        self._members: dict[str, Members] = {}

    def limit(self, object: str) -> str:
        """What is left of an object, in words; blank where no list limits it. Raises as :meth:`read`."""
        return f"members of list {self._id(object)}" if object in self._client.settings.lists else ""

    def read(self, object: str) -> Members | None:
        """Who is in the object's list now; None where no list limits it. Raises UsageError where there is none such."""
        if object not in self._client.settings.lists:
            return None
        try:
            self._members[object] = Members(self._client.members(self._id(object)))
        except NotThereError:
            raise self._unknown(object) from None
        return self._members[object]

    def outside(self, object: str, ids: Sequence[str]) -> frozenset[str]:
        members = self._members[object] if object in self._members else self.read(object)
        return frozenset() if members is None else frozenset(one for one in ids if one not in members)

    def _id(self, object: str) -> str:
        if object not in self._ids:
            try:
                found = self._client.list_named(kind(object).type_id, str(self._client.settings.lists[object]))
            except (NotThereError, BadRequestError):
                raise self._unknown(object) from None
            if found.get("objectTypeId") != kind(object).type_id:
                raise self._unknown(object)
            self._ids[object] = str(found["listId"])
        return self._ids[object]

    def _unknown(self, object: str) -> UsageError:
        name = self._client.settings.lists[object]
        return UsageError(
            f"connection {self._client.connection!r}: there is no list {name!r} of {object} in HubSpot; correct it "
            "under `lists` in leadbridge.yaml, or take it out there"
        )
