"""Rules of whole runs: what comes back after writing, what half a failure leaves, and what repeating does."""

# ruff: noqa: S101  (assertions are what a contract is made of)

from __future__ import annotations

import pytest

from leadbridge.provider import Action, Provider
from leadbridge.testing.harness import Contract, Harness, capture, capture_anew, needs, ref, written
from leadbridge.values import MISSING


class RunContract(Contract):
    def test_a_rejected_row_is_left_whole(self, harness: Harness, writer: Provider) -> None:
        """A row is written whole or not at all; its neighbours, before and after it, are written."""
        first, bad, last = (harness.create(harness.sample(number)) for number in (1, 2, 3))
        before = capture(writer, harness).value(bad, harness.field)
        values = [{harness.field: "written"}, {harness.field: "half", "no-such-field": "x"}, {harness.field: "written"}]
        actions = [
            Action(number, "update", harness.object, one, new)
            for number, (one, new) in enumerate(zip((first, bad, last), values, strict=True), start=1)
        ]
        assert [result.state for result in written(writer, actions)] == ["done", "rejected", "done"]
        after = capture_anew(harness)
        assert [after.value(one, harness.field) for one in (first, bad, last)] == ["written", before, "written"]

    def test_what_is_read_is_what_is_captured(self, harness: Harness, writer: Provider) -> None:
        """With ``read_back``: ``read`` and ``capture`` show a written record alike, field by field."""
        needs(writer, "read_back")
        (result,) = written(writer, [Action(1, "create", harness.object, values=harness.sample(1), key="key-1")])
        (read,) = writer.read([ref(writer, harness, result.id or "")])
        assert read is not None
        assert dict(read.values) == dict(capture_anew(harness).by_id[result.id or ""])

    def test_another_form_of_a_value_is_declared(self, harness: Harness, writer: Provider) -> None:
        """With ``read_back``: what is stored is what was sent, or ``normalises`` knows it."""
        needs(writer, "read_back")
        sent = {**harness.sample(1), harness.field: "Written, in Capitals AND small"}
        (result,) = written(writer, [Action(1, "create", harness.object, values=sent, key="key-1")])
        (read,) = writer.read([ref(writer, harness, result.id or "")])
        assert read is not None
        for name, raw in sent.items():
            stored = read.values.get(name, MISSING)
            assert stored == raw or writer.normalises(harness.object, name, raw, stored), name

    def test_our_echo_is_what_we_wrote(self, harness: Harness, writer: Provider) -> None:
        """The capture after a write shows the record as it was stored, if at all, never as it was; then it is quiet."""
        needs(writer, "incremental")
        one = harness.create(harness.sample(1))
        cursor = capture(writer, harness).cursor
        written(writer, [Action(1, "update", harness.object, one, {harness.field: "written"})])
        echo = capture_anew(harness, cursor)
        assert echo.value(one, harness.field) in {"written", MISSING}
        assert capture_anew(harness, echo.cursor).records == []

    def test_what_we_deleted_is_gone(self, harness: Harness, writer: Provider) -> None:
        """With ``deletes``: captured as gone like any other; with ``read_back`` it is not read any more either."""
        one, kept = harness.create(harness.sample(1)), harness.create(harness.sample(2))
        cursor = capture(writer, harness).cursor
        written(writer, [Action(1, "delete", harness.object, one)])
        if writer.capabilities.deletes:
            assert [gone.ref for gone in capture_anew(harness, cursor).gone] == [ref(writer, harness, one)]
        if writer.capabilities.read_back:
            read = writer.read([ref(writer, harness, one), ref(writer, harness, kept)])
            assert [record and record.ref.id for record in read] == [None, kept]

    def test_a_delete_of_nothing_is_rejected(self, harness: Harness, writer: Provider) -> None:
        """Deleting what is gone deletes nothing, and says so."""
        kept = harness.create(harness.sample(1))
        (result,) = written(writer, [Action(1, "delete", harness.object, "no-such-id")])
        assert (result.state, list(capture_anew(harness).by_id)) == ("rejected", [kept])

    def test_a_merge_names_the_survivor(self, harness: Harness, provider: Provider) -> None:
        """With ``merges``: the loser is gone with a tombstone that names the winner, which stays."""
        needs(provider, "merges")
        loser, winner = harness.create(harness.sample(1)), harness.create(harness.sample(2))
        cursor = capture(provider, harness).cursor
        if not harness.merge(loser, winner):
            pytest.fail("merges are declared, so the harness must merge")
        captured = capture_anew(harness, cursor)
        gone = [(one.ref, one.proof, one.merged_into) for one in captured.gone]
        assert gone == [(ref(provider, harness, loser), "tombstone", winner)]
        assert list(capture_anew(harness).by_id) == [winner]

    def test_a_repeated_create_overwrites_nothing(self, harness: Harness, writer: Provider) -> None:
        """With ``upsert_by_key``: a record that a user has edited since is not set back by the same create."""
        needs(writer, "upsert_by_key")
        action = Action(1, "create", harness.object, values=harness.sample(1), key="key-1")
        (first,) = written(writer, [action])
        harness.edit(first.id or "", {harness.field: "by a user"})
        written(writer, [action])
        after = capture_anew(harness)
        assert {one: after.value(one, harness.field) for one in after.by_id} == {first.id: "by a user"}

    def test_a_killed_run_is_repeated(self, harness: Harness, writer: Provider) -> None:
        """With ``staged``: killed between write and commit, nothing of it is left, and the same run works anew."""
        needs(writer, "staged")
        one, old = harness.create(harness.sample(1)), harness.create(harness.sample(2))
        seen = capture(writer, harness).value(one, harness.field)
        actions = [
            Action(1, "create", harness.object, values=harness.sample(3), key="key-3"),
            Action(2, "update", harness.object, one, {harness.field: "written"}, {harness.field: seen}),
            Action(3, "delete", harness.object, old),
        ]
        killed = harness.connect()
        killed.begin()
        killed.write(actions)
        killed.abandon()
        results = written(writer, actions)
        assert [result.state for result in results] == ["done"] * 3
        after = capture_anew(harness)
        assert sorted(after.by_id) == sorted([results[0].id or "", one])
        assert after.value(one, harness.field) == "written"
