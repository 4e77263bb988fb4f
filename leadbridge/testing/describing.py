"""Rules of ``describe``, and of what is not offered."""

# ruff: noqa: S101  (assertions are what a contract is made of)

from __future__ import annotations

from collections.abc import Callable

import pytest

from leadbridge.conversions import ConvertRequest
from leadbridge.errors import UsageError
from leadbridge.provider import Action, ObjectDescription, Provider, UnsupportedError
from leadbridge.testing.harness import Contract, Harness, capture, ref


class DescribeContract(Contract):
    def test_describe_names_the_object(self, harness: Harness, provider: Provider) -> None:
        """The harness's object and its ``field`` are described; the field can be read."""
        description = _description(harness, provider)
        field = description.field(harness.field)
        assert field is not None, f"{harness.field} is not described"
        assert field.readable

    def test_describe_is_stable(self, harness: Harness, provider: Provider) -> None:
        """Asked again, here or by a later process, the same is described in the same order."""
        first = [(d.name, d.fields, d.key, d.writable) for d in provider.describe()]
        other = harness.connect()
        assert [(d.name, d.fields, d.key, d.writable) for d in provider.describe()] == first
        assert [(d.name, d.fields, d.key, d.writable) for d in other.describe()] == first
        other.close()

    def test_names_are_unique(self, provider: Provider) -> None:
        """No two objects, and no two fields of an object, share a name; none is empty."""
        objects = [description.name for description in provider.describe()]
        assert all(objects)
        assert len(objects) == len(set(objects))
        for description in provider.describe():
            names = [field.name for field in description.fields]
            assert all(names)
            assert len(names) == len(set(names)), description.name

    def test_the_key_is_a_field(self, provider: Provider) -> None:
        """Where an object has a key, it is one of its readable fields."""
        for description in provider.describe():
            if description.key is not None:
                key = description.field(description.key)
                assert key is not None, f"{description.name}: {description.key} is not described"
                assert key.readable

    def test_limits_make_sense(self, provider: Provider) -> None:
        """Lengths are positive; options, where a field has them, are there and unique."""
        for description in provider.describe():
            for field in description.fields:
                assert field.length is None or field.length > 0, f"{description.name}.{field.name}"
                if field.options is not None:
                    assert field.options, f"{description.name}.{field.name}"
                    assert len(field.options) == len(set(field.options)), f"{description.name}.{field.name}"

    def test_writable_implies_writes(self, provider: Provider) -> None:
        """An object is writable only where the provider declares ``writes``."""
        assert provider.capabilities.writes or not any(d.writable for d in provider.describe())

    def test_records_carry_described_fields_only(self, harness: Harness, provider: Provider) -> None:
        """Every field of a captured record is described, and readable."""
        harness.create(harness.sample(1))
        description = _description(harness, provider)
        readable = {field.name for field in description.fields if field.readable}
        for record in capture(provider, harness).records:
            assert set(record.values) <= readable

    def test_unknown_object(self, harness: Harness, provider: Provider) -> None:
        """An object that is not there is a ``UsageError`` whose sentence names it, not an empty capture."""
        with pytest.raises(UsageError) as error:
            tuple(provider.capture("no-such-object"))
        assert "no-such-object" in str(error.value)

    def test_undeclared_writes_are_unsupported(self, harness: Harness, provider: Provider) -> None:
        """Without ``writes`` none of its methods works by accident: each raises ``UnsupportedError``."""
        if provider.capabilities.writes:
            pytest.skip("writes are declared")
        action = Action(1, "create", harness.object, values=harness.sample(1))
        for call in (provider.begin, provider.commit):
            with pytest.raises(UnsupportedError):
                call()
        asked: tuple[Callable[[list[Action]], object], ...] = (provider.write, provider.estimate)
        for ask in asked:
            with pytest.raises(UnsupportedError):
                ask([action])

    def test_undeclared_read_is_unsupported(self, harness: Harness, provider: Provider) -> None:
        """Without ``read_back``, ``read`` raises ``UnsupportedError``."""
        if provider.capabilities.read_back:
            pytest.skip("read_back is declared")
        with pytest.raises(UnsupportedError):
            provider.read([ref(provider, harness, "1")])

    def test_undeclared_conversion_is_unsupported(self, harness: Harness, provider: Provider) -> None:
        """Without ``native_conversion`` none of its methods works by accident: each raises ``UnsupportedError``."""
        if provider.capabilities.native_conversion:
            pytest.skip("native conversion is declared")
        lead = ref(provider, harness, "1")
        requests = [ConvertRequest(1, lead)]
        calls: tuple[Callable[[], object], ...] = (
            lambda: provider.predict(requests, {}),
            lambda: provider.convert(requests),
            lambda: provider.converted([lead]),
            lambda: provider.estimate_conversions(requests),
        )
        for call in calls:
            with pytest.raises(UnsupportedError):
                call()

    def test_close_is_idempotent(self, harness: Harness) -> None:
        """Closing twice, used or not, is no error."""
        unused, used = harness.connect(), harness.connect()
        capture(used, harness)
        for provider in (unused, used):
            provider.close()
            provider.close()


def _description(harness: Harness, provider: Provider) -> ObjectDescription:
    found = {description.name: description for description in provider.describe()}
    assert harness.object in found
    return found[harness.object]
