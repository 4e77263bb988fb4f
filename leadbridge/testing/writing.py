"""Rules of ``begin``, ``write``, ``commit``, ``abandon``, ``read`` and ``estimate``."""

# ruff: noqa: S101  (assertions are what a contract is made of)

from __future__ import annotations

from collections.abc import Mapping

from leadbridge.provider import Action, Provider
from leadbridge.testing.harness import Contract, Harness, capture, capture_anew, needs, ref, written
from leadbridge.values import MISSING, Raw


class WriteContract(Contract):
    def test_a_create_is_durable(self, harness: Harness, writer: Provider) -> None:
        """``done`` carries the new id; after ``commit`` another process captures the record, with these values."""
        sample = harness.sample(1)
        (result,) = written(writer, [Action(7, "create", harness.object, values=sample, key="key-1")])
        assert (result.number, result.state) == (7, "done")
        assert result.id
        captured = capture_anew(harness)
        assert {name: captured.value(result.id, name) for name in sample} == sample

    def test_an_update_sets_exactly_its_values(self, harness: Harness, writer: Provider) -> None:
        """Fields that can be written and that the action does not name, and other records, stay as they are."""
        one, other = harness.create(harness.sample(1)), harness.create(harness.sample(2))
        before = _writable(writer, harness, capture(writer, harness).by_id)
        (result,) = written(writer, [Action(1, "update", harness.object, one, {harness.field: "written"})])
        assert (result.state, result.id) == ("done", one)
        after = _writable(writer, harness, capture_anew(harness).by_id)
        assert after == {one: {**before[one], harness.field: "written"}, other: before[other]}

    def test_a_delete_removes_its_record(self, harness: Harness, writer: Provider) -> None:
        """Its record, and no other."""
        one, other = harness.create(harness.sample(1)), harness.create(harness.sample(2))
        (result,) = written(writer, [Action(1, "delete", harness.object, one)])
        assert result.state == "done"
        assert list(capture_anew(harness).by_id) == [other]

    def test_kinds_of_nothing_are_written_apart(self, harness: Harness, writer: Provider) -> None:
        """Null, blank, ``0`` and ``False`` are written as they are, as far as the CRM tells them apart."""
        number = 0
        for name, kinds in harness.distinct.items():
            for raw in kinds:
                number += 1
                if raw is MISSING:
                    continue
                one = harness.create(harness.sample(number))
                (result,) = written(writer, [Action(number, "update", harness.object, one, {name: raw})])
                assert result.state == "done"
                stored = capture_anew(harness).value(one, name)
                assert (type(stored), stored) == (type(raw), raw), name

    def test_an_edited_record_is_stale(self, harness: Harness, writer: Provider) -> None:
        """With ``checks_expected``: where they do not hold just before the write, the row is ``stale``, and left."""
        needs(writer, "checks_expected")
        edited, deleted = harness.create(harness.sample(1)), harness.create(harness.sample(2))
        seen = capture(writer, harness).by_id
        for one in (edited, deleted):
            harness.edit(one, {harness.field: "by a user"})
        results = written(writer, [_update(1, harness, edited, seen), _delete(2, harness, deleted, seen)])
        assert [(r.state, r.reject and r.reject.code) for r in results] == [("rejected", "stale")] * 2
        now = capture_anew(harness).by_id
        assert {one: now[one][harness.field] for one in (edited, deleted)} == {
            edited: "by a user",
            deleted: "by a user",
        }

    def test_an_unedited_record_is_not_stale(self, harness: Harness, writer: Provider) -> None:
        """Where what was captured is expected and still holds, the row is written."""
        one, deleted = harness.create(harness.sample(1)), harness.create(harness.sample(2))
        seen = capture(writer, harness).by_id
        results = written(writer, [_update(1, harness, one, seen), _delete(2, harness, deleted, seen)])
        assert [result.state for result in results] == ["done", "done"]

    def test_results_come_under_their_numbers(self, harness: Harness, writer: Provider) -> None:
        """One result per action, whatever became of its neighbours: a bad row neither stops nor hides the rest."""
        one, edited = harness.create(harness.sample(1)), harness.create(harness.sample(2))
        seen = capture(writer, harness).by_id
        harness.edit(edited, {harness.field: "by a user"})
        actions = [
            _update(30, harness, edited, seen),
            _update(10, harness, one, seen),
            Action(20, "update", harness.object, "no-such-id", {harness.field: "written"}),
            Action(40, "create", harness.object, values=harness.sample(3), key="key-3"),
        ]
        states = {result.number: result.state for result in written(writer, actions)}
        stale = "rejected" if writer.capabilities.checks_expected else "done"
        assert states == {10: "done", 20: "rejected", 30: stale, 40: "done"}
        assert len(capture_anew(harness).records) == 3

    def test_a_rejected_row_says_why(self, harness: Harness, writer: Provider) -> None:
        """With a code and a reason for a person; an update of a record that is not there creates none."""
        (result,) = written(writer, [Action(1, "update", harness.object, "no-such-id", {harness.field: "written"})])
        assert result.reject is not None
        assert result.reject.code
        assert result.reject.reason
        assert capture_anew(harness).records == []

    def test_a_repeated_create_makes_one_record(self, harness: Harness, writer: Provider) -> None:
        """With ``upsert_by_key``: the same key again, as after a time-out, is ``done`` with the same id."""
        needs(writer, "upsert_by_key")
        action = Action(1, "create", harness.object, values=harness.sample(1), key="key-1")
        (first,) = written(writer, [action])
        (again,) = written(writer, [action])
        assert (again.state, again.id) == ("done", first.id)
        assert [record.ref.id for record in capture_anew(harness).records] == [first.id]

    def test_what_is_written_is_read_back(self, harness: Harness, writer: Provider) -> None:
        """With ``read_back``: records in the order asked, None for one that is not there."""
        needs(writer, "read_back")
        first, second = harness.create(harness.sample(1)), harness.create(harness.sample(2))
        written(writer, [Action(1, "update", harness.object, first, {harness.field: "written"})])
        read = writer.read([ref(writer, harness, one) for one in (second, "no-such-id", first)])
        assert [record and record.ref.id for record in read] == [second, None, first]
        assert read[2] is not None
        assert read[2].values.get(harness.field) == "written"

    def test_an_abandoned_run_is_over(self, harness: Harness, writer: Provider) -> None:
        """Locks are free: the next run, here or elsewhere, writes. With ``staged``, nothing of it is to be seen."""
        one = harness.create(harness.sample(1))
        before = capture(writer, harness).by_id
        writer.begin()
        writer.write([Action(1, "update", harness.object, one, {harness.field: "abandoned"})])
        writer.abandon()
        if writer.capabilities.staged:
            assert capture_anew(harness).by_id == before
        other = harness.connect()
        (result,) = written(other, [Action(2, "update", harness.object, one, {harness.field: "written"})])
        other.close()
        assert result.state == "done"
        assert capture(writer, harness).value(one, harness.field) == "written"

    def test_staged_writes_show_at_commit(self, harness: Harness, writer: Provider) -> None:
        """With ``staged``: another process sees all of a run, or nothing."""
        needs(writer, "staged")
        one = harness.create(harness.sample(1))
        before = capture(writer, harness).by_id
        writer.begin()
        writer.write([Action(1, "update", harness.object, one, {harness.field: "written"})])
        assert capture_anew(harness).by_id == before
        writer.commit()
        assert capture_anew(harness).value(one, harness.field) == "written"

    def test_estimating_is_pure(self, harness: Harness, writer: Provider) -> None:
        """A number of calls, never negative, none for no actions; nothing is written by asking, in a run or not."""
        actions = [Action(n, "create", harness.object, values=harness.sample(n), key=f"key-{n}") for n in range(3)]
        assert writer.estimate(iter(actions)) >= 0
        assert writer.estimate([]) == 0
        assert capture_anew(harness).records == []


def _writable(
    provider: Provider, harness: Harness, records: Mapping[str, Mapping[str, Raw]]
) -> dict[str, dict[str, Raw]]:
    """Without what a CRM keeps by itself, such as when a record last changed."""
    described = next(one for one in provider.describe() if one.name == harness.object)
    names = {field.name for field in described.fields if field.writable}
    return {one: {name: raw for name, raw in values.items() if name in names} for one, values in records.items()}


def _update(number: int, harness: Harness, one: str, seen: Mapping[str, Mapping[str, Raw]]) -> Action:
    expected = {harness.field: seen[one][harness.field]}
    return Action(number, "update", harness.object, one, {harness.field: "written"}, expected)


def _delete(number: int, harness: Harness, one: str, seen: Mapping[str, Mapping[str, Raw]]) -> Action:
    return Action(number, "delete", harness.object, one, expected={harness.field: seen[one][harness.field]})
