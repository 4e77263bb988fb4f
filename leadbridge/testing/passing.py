"""A provider that passes calls on to another one: a base for those that do something of their own to some of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from leadbridge.conversions import ConvertRequest, Prediction, Snapshots
from leadbridge.provider import Action, ObjectDescription, Page, Provider
from leadbridge.records import Ref
from leadbridge.values import Raw


class PassingProvider(Provider):
    """What neither reads nor writes records goes to ``inner`` as it is."""

    def __init__(self, inner: Provider) -> None:
        super().__init__(inner.site, inner.settings)
        self.inner = inner

    def describe(self) -> Sequence[ObjectDescription]:
        return self.inner.describe()

    def wants(self, fields: Mapping[str, Collection[str]]) -> None:
        self.inner.wants(fields)

    def unlimited(self, object: str) -> Iterator[Page]:
        return self.inner.unlimited(object)

    def outside(self, object: str, ids: Sequence[str]) -> Collection[str]:
        return self.inner.outside(object, ids)

    def predict(self, requests: Sequence[ConvertRequest], snapshots: Mapping[int, Snapshots]) -> Sequence[Prediction]:
        return self.inner.predict(requests, snapshots)

    def estimate_conversions(self, requests: Iterable[ConvertRequest]) -> int:
        return self.inner.estimate_conversions(requests)

    def abandon(self) -> None:
        self.inner.abandon()

    def find(self, actions: Sequence[Action]) -> Sequence[str | None]:
        return self.inner.find(actions)

    def narrowed(self, object: str, on_create: Mapping[str, Raw]) -> Mapping[str, tuple[str, ...]]:
        return self.inner.narrowed(object, on_create)

    def allowance(self) -> int | None:
        return self.inner.allowance()

    def estimate(self, actions: Iterable[Action]) -> int:
        return self.inner.estimate(actions)

    def estimate_reads(self, refs: Iterable[Ref]) -> int:
        return self.inner.estimate_reads(refs)

    def close(self) -> None:
        self.inner.close()
