"""Memory providers that each break one rule of the contract; their names say how."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from leadbridge.errors import BusyError
from leadbridge.memory import MemoryProvider
from leadbridge.provider import Action, FieldDescription, ObjectDescription, Page, Provider, Result
from leadbridge.records import Record, Ref, Reject

DECLARED = MemoryProvider.capabilities
COUNT = itertools.count()


class Describing(MemoryProvider):
    """Changes the one description."""

    def change(self, lead: ObjectDescription) -> Sequence[ObjectDescription]:
        return [lead]

    def describe(self) -> Sequence[ObjectDescription]:
        return self.change(next(iter(super().describe())))


class DescribesNothing(Describing):
    def change(self, lead: ObjectDescription) -> Sequence[ObjectDescription]:
        return []


class DescribesInAnyOrder(Describing):
    def change(self, lead: ObjectDescription) -> Sequence[ObjectDescription]:
        return [replace(lead, fields=lead.fields[:: -1 if next(COUNT) % 2 else 1])]


class DescribesTwice(Describing):
    def change(self, lead: ObjectDescription) -> Sequence[ObjectDescription]:
        return [lead, lead]


class DescribesAFieldTwice(Describing):
    def change(self, lead: ObjectDescription) -> Sequence[ObjectDescription]:
        return [replace(lead, fields=(*lead.fields, lead.fields[0]))]


class HasAKeyThatIsNoField(Describing):
    def change(self, lead: ObjectDescription) -> Sequence[ObjectDescription]:
        return [replace(lead, key="Id")]


class HasALengthOfZero(Describing):
    def change(self, lead: ObjectDescription) -> Sequence[ObjectDescription]:
        return [replace(lead, fields=(*lead.fields, FieldDescription("Zero", length=0)))]


class HasNoOptions(Describing):
    def change(self, lead: ObjectDescription) -> Sequence[ObjectDescription]:
        return [replace(lead, fields=(*lead.fields, FieldDescription("Rating", options=())))]


class DoesNotDeclareWrites(MemoryProvider):
    capabilities = replace(DECLARED, writes=False)


class DoesNotDeclareReading(MemoryProvider):
    capabilities = replace(DECLARED, read_back=False)


class ReadsOnly(Describing):
    """Not at fault: it declares no writes and offers none."""

    capabilities = replace(DECLARED, writes=False, read_back=False)
    begin, write, commit = Provider.begin, Provider.write, Provider.commit
    read, estimate = Provider.read, Provider.estimate
    predict, convert = Provider.predict, Provider.convert
    converted, estimate_conversions = Provider.converted, Provider.estimate_conversions

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.capabilities = replace(self.capabilities, native_conversion=False)

    def change(self, lead: ObjectDescription) -> Sequence[ObjectDescription]:
        return [replace(lead, writable=False)]


class ClosesOnce(MemoryProvider):
    closed = False

    def close(self) -> None:
        if self.closed:
            raise ValueError("closed")
        self.closed = True


class Capturing(MemoryProvider):
    """Changes the pages of a capture."""

    def change(self, page: Page) -> Page:
        return page

    def _pages(self, object: str, cursor: str | None) -> Iterator[Page]:
        return (self.change(page) for page in super()._pages(object, cursor))


class TakesAnyObject(MemoryProvider):
    def capture(self, object: str, cursor: str | None = None) -> Iterator[Page]:
        return self._pages(object, cursor) if object in self.crm.objects else iter([Page(cursor="0", complete=True)])


class InventsAField(Capturing):
    def change(self, page: Page) -> Page:
        return replace(page, records=tuple(replace(r, values={**r.values, "_row": "1"}) for r in page.records))


class RepeatsARecord(Capturing):
    def change(self, page: Page) -> Page:
        return replace(page, records=page.records + page.records[:1])


class ForgetsTheConnection(Capturing):
    def change(self, page: Page) -> Page:
        return replace(page, records=tuple(replace(r, ref=replace(r.ref, connection="")) for r in page.records))


class SpeaksNumbersAsText(MemoryProvider):
    capabilities = replace(DECLARED, wire="text")


class BlanksWhatIsNull(MemoryProvider):
    def _record(self, object: str, entry: Any) -> Record:
        record = super()._record(object, entry)
        return replace(record, values={name: "" if raw is None else raw for name, raw in record.values.items()})


class FillsWhatIsMissing(MemoryProvider):
    def _record(self, object: str, entry: Any) -> Record:
        record = super()._record(object, entry)
        return replace(record, values={**dict.fromkeys(("Company", "Employees", "OptedOut")), **record.values})


class IsNeverComplete(Capturing):
    def change(self, page: Page) -> Page:
        return replace(page, complete=False)


class IsAlwaysComplete(Capturing):
    def change(self, page: Page) -> Page:
        return replace(page, complete=True)


class YieldsNothingWhenEmpty(MemoryProvider):
    def _pages(self, object: str, cursor: str | None) -> Iterator[Page]:
        return (page for page in super()._pages(object, cursor) if page.records or page.gone)


class CountsPagesOnly(Capturing):
    def change(self, page: Page) -> Page:
        return replace(page, seen=len(page.records))


class RepeatsTheLastRecord(MemoryProvider):
    """The cursor compared with >= where > was meant."""

    def _pages(self, object: str, cursor: str | None) -> Iterator[Page]:
        return super()._pages(object, cursor and str(int(cursor) - 1))


class CapturesAllEachTime(MemoryProvider):
    def _pages(self, object: str, cursor: str | None) -> Iterator[Page]:
        return super()._pages(object, None)


class LeavesOutWhatIsWanted(Capturing):
    wanted: Mapping[str, Collection[str]] = {}

    def wants(self, fields: Mapping[str, Collection[str]]) -> None:
        self.wanted = fields

    def change(self, page: Page) -> Page:
        return replace(page, records=tuple(map(self._spoilt, page.records)))

    def _spoilt(self, record: Record) -> Record:
        wanted = self.wanted.get(record.ref.object, ())
        return replace(record, values={name: raw for name, raw in record.values.items() if name not in wanted})


class LosesEveryChange(MemoryProvider):
    """What was captured once is taken for captured for ever."""

    def _pages(self, object: str, cursor: str | None) -> Iterator[Page]:
        for page in super()._pages(object, cursor):
            yield replace(page, records=page.records if cursor is None else ())


class RemembersInsteadOfTheCaller(MemoryProvider):
    """Keeps the cursor to itself, so that what the caller lost is lost for good."""

    def _pages(self, object: str, cursor: str | None) -> Iterator[Page]:
        known = self.crm.__dict__.setdefault("cursors", {})
        for page in super()._pages(object, cursor and known.get(object, cursor)):
            known[object] = page.cursor
            yield page


class MovesTheCursorBeforeTheLoad(MemoryProvider):
    """Every page carries the cursor of the last one."""

    def _pages(self, object: str, cursor: str | None) -> Iterator[Page]:
        pages = list(super()._pages(object, cursor))
        return (replace(page, cursor=pages[-1].cursor) for page in pages)


class TakesTheCursorAtTheEnd(MemoryProvider):
    """The cursor is the newest change of all when the page ends: edits during the capture fall before it."""

    def _pages(self, object: str, cursor: str | None) -> Iterator[Page]:
        entries = self.crm.changes(object, after=int(cursor or 0))
        for number, entry in enumerate(entries, start=1):
            record = self._record(object, entry)
            newest = self.crm.changes(object, after=0)[-1].sequence
            yield Page((record,), cursor=str(newest), complete=number == len(entries), seen=number)


class SaysNothingOfDeletes(Capturing):
    def change(self, page: Page) -> Page:
        return replace(page, gone=())


class ClaimsAbsenceTooEarly(Capturing):
    def change(self, page: Page) -> Page:
        return replace(page, gone=tuple(replace(gone, proof="absent") for gone in page.gone))


class TakesErasuresForDeletes(Capturing):
    def change(self, page: Page) -> Page:
        return replace(page, gone=tuple(replace(gone, proof="tombstone") for gone in page.gone))


class TakesDeletesForErasures(Capturing):
    def change(self, page: Page) -> Page:
        return replace(page, gone=tuple(replace(gone, proof="erasure") for gone in page.gone))


class StampsWholeRecords(Capturing):
    def change(self, page: Page) -> Page:
        def stamped(record: Record) -> Record:
            return replace(record, stamps=dict.fromkeys(record.values, record.modified))

        return replace(page, records=tuple(stamped(record) for record in page.records))


class StampsNothing(Capturing):
    def change(self, page: Page) -> Page:
        return replace(page, records=tuple(replace(record, stamps=None) for record in page.records))


class RejectsBadRows(Capturing):
    """Not at fault: a record whose company is ``spoilt`` counts as one that cannot be read."""

    def change(self, page: Page) -> Page:
        bad = [r for r in page.records if r.values.get("Company") == "spoilt"]
        rejects = tuple(Reject("spoilt", "it cannot be read", source=str(r.ref)) for r in bad)
        return replace(page, records=tuple(r for r in page.records if r not in bad), rejects=rejects)


class DropsBadRows(RejectsBadRows):
    def change(self, page: Page) -> Page:
        return replace(super().change(page), rejects=())


class StopsAtABadRow(RejectsBadRows):
    def change(self, page: Page) -> Page:
        changed = super().change(page)
        if changed.rejects:
            raise ValueError("spoilt")
        return changed


class Writing(MemoryProvider):
    """Changes actions on their way in and results on their way out."""

    def before(self, action: Action) -> Action:
        return action

    def after(self, result: Result) -> Result:
        return result

    def write(self, actions: Sequence[Action]) -> Sequence[Result]:
        return [self.after(result) for result in super().write([self.before(action) for action in actions])]


class KeepsTheIdToItself(Writing):
    def after(self, result: Result) -> Result:
        return replace(result, id=None)


class ReplacesTheWholeRecord(MemoryProvider):
    def _carry_out(self, action: Action) -> str:
        if action.verb == "update" and action.id:
            old = self.crm.records(action.object)[action.id]
            return super()._carry_out(replace(action, values={**dict.fromkeys(old), **action.values}))
        return super()._carry_out(action)


class DeletesNothing(MemoryProvider):
    def _carry_out(self, action: Action) -> str:
        return action.id or "" if action.verb == "delete" else super()._carry_out(action)


class WritesNullAsBlank(Writing):
    def before(self, action: Action) -> Action:
        return replace(action, values={name: "" if raw is None else raw for name, raw in action.values.items()})


class ExpectsNothing(Writing):
    def before(self, action: Action) -> Action:
        return replace(action, expected={})


class IsAlwaysStale(Writing):
    def before(self, action: Action) -> Action:
        return replace(action, expected=dict.fromkeys(action.expected, "nobody wrote this"))


class NumbersItsOwnWay(MemoryProvider):
    def write(self, actions: Sequence[Action]) -> Sequence[Result]:
        return [replace(result, number=n) for n, result in enumerate(super().write(actions), start=1)]


class SuccessOfOneIsSuccessOfAll(MemoryProvider):
    def write(self, actions: Sequence[Action]) -> Sequence[Result]:
        results = super().write(actions)
        best = "done" if any(result.state == "done" for result in results) else "rejected"
        return [replace(result, state=best) for result in results]


class RejectsWithoutAWord(Writing):
    def after(self, result: Result) -> Result:
        return replace(result, reject=None)


class CreatesAgain(Writing):
    def before(self, action: Action) -> Action:
        return replace(action, key=None)


class ReadsInItsOwnOrder(MemoryProvider):
    def read(self, refs: Sequence[Ref]) -> Sequence[Record | None]:
        return super().read(sorted(refs))


class KeepsTheLock(MemoryProvider):
    def begin(self) -> None:
        if self.crm.__dict__.get("locked"):
            raise BusyError("locked")
        self.crm.__dict__["locked"] = True

    def commit(self) -> None:
        self.crm.__dict__["locked"] = False


class Staged(MemoryProvider):
    """Not at fault: what is written waits for the commit. Nothing is rejected, which is enough here."""

    capabilities = replace(DECLARED, staged=True)

    def begin(self) -> None:
        self.waiting: list[Action] = []

    def write(self, actions: Sequence[Action]) -> Sequence[Result]:
        """A new record's id is the one that it will get."""
        self.waiting += actions
        coming = len(self.crm.records("Lead")) + 1
        return [Result(action.number, "done", action.id or f"Lead-{coming}") for action in actions]

    def commit(self) -> None:
        super().write(self.waiting)


class IsNotStagedAsDeclared(MemoryProvider):
    capabilities = replace(DECLARED, staged=True)


class WritesHalfOfABadRow(MemoryProvider):
    def write(self, actions: Sequence[Action]) -> Sequence[Result]:
        results = super().write(actions)
        for action, result in zip(actions, results, strict=True):
            if result.state == "rejected" and action.id in self.crm.records(action.object):
                self.crm.edit(action.object, action.id or "", {"Company": action.values.get("Company")})
        return results


class ReadsLessThanItCaptures(MemoryProvider):
    def read(self, refs: Sequence[Ref]) -> Sequence[Record | None]:
        found = super().read(refs)
        return [record and replace(record, values={"Email": record.values["Email"]}) for record in found]


class ShoutsInSecret(Writing):
    def before(self, action: Action) -> Action:
        values = {name: raw.upper() if name == "Company" else raw for name, raw in action.values.items()}
        return replace(action, values=values)


class ShoutsAsDeclared(ShoutsInSecret):
    """Not at fault: it says so."""

    def normalises(self, object: str, field: str, sent: Any, stored: Any) -> bool:
        return bool(sent.upper() == stored)


class ShowsWhatWasThere(MemoryProvider):
    """An index that lags behind: the capture after a write shows the record as it was."""

    def _carry_out(self, action: Action) -> str:
        old = self.crm.records(action.object).get(action.id or "", {})
        self.crm.__dict__.setdefault("lagging", {}).setdefault(action.id, old)
        return super()._carry_out(action)

    def _record(self, object: str, entry: Any) -> Record:
        record = super()._record(object, entry)
        return replace(record, values=self.crm.__dict__.get("lagging", {}).get(entry.id, record.values))


class ForgetsWhatItDeleted(MemoryProvider):
    """Deletes without a trace, and reads it from a cache."""

    def read(self, refs: Sequence[Ref]) -> Sequence[Record | None]:
        return [record or Record(ref, {}) for record, ref in zip(super().read(refs), refs, strict=True)]


class DeletesNothingSuccessfully(Writing):
    def after(self, result: Result) -> Result:
        return replace(result, state="done", reject=None)


class ForgetsTheSurvivor(Capturing):
    def change(self, page: Page) -> Page:
        return replace(page, gone=tuple(replace(gone, merged_into=None) for gone in page.gone))


class OverwritesWhatItFinds(MemoryProvider):
    def _carry_out(self, action: Action) -> str:
        one = super()._carry_out(action)
        if action.verb == "create":
            self.crm.edit(action.object, one, action.values)
        return one


class CommitsWhatAKilledRunLeft(Staged):
    """What was staged lies beside the file, and the next run takes it for its own."""

    def begin(self) -> None:
        self.waiting = self.crm.__dict__.setdefault("waiting", [])

    def commit(self) -> None:
        MemoryProvider.write(self, [replace(action, key=None) for action in self.waiting])
        self.waiting.clear()


class AsksForItsAllowanceEachTime(MemoryProvider):
    def allowance(self) -> int | None:
        self.crm.calls += 1
        return super().allowance()


class OwesCalls(MemoryProvider):
    def allowance(self) -> int | None:
        return -1


class ForgetsWhatItUses(MemoryProvider):
    def allowance(self) -> int | None:
        return self.limit


class ForgetsToReadBack(MemoryProvider):
    def estimate(self, actions: Iterable[Action]) -> int:
        return self._pages_of(actions)


class EstimatesAsIfAllWentAtOnce(MemoryProvider):
    def estimate(self, actions: Iterable[Action]) -> int:
        return 2 if list(actions) else 0

    def estimate_reads(self, refs: Iterable[Ref]) -> int:
        return 1 if list(refs) else 0


class ReadsWithoutBlankIds(MemoryProvider):
    def estimate_reads(self, refs: Iterable[Ref]) -> int:
        return self._pages_of(ref for ref in refs if ref.id)


class ReadsTwice(MemoryProvider):
    def read(self, refs: Sequence[Ref]) -> Sequence[Record | None]:
        super().read(refs)
        return super().read(refs)


class EstimatesByWriting(MemoryProvider):
    def estimate(self, actions: Iterable[Action]) -> int:
        return len(self.write(list(actions)))


RULES: Mapping[str, Sequence[type[MemoryProvider]]] = {
    "test_describe_names_the_object": [DescribesNothing],
    "test_describe_is_stable": [DescribesInAnyOrder],
    "test_names_are_unique": [DescribesTwice, DescribesAFieldTwice],
    "test_the_key_is_a_field": [HasAKeyThatIsNoField],
    "test_limits_make_sense": [HasALengthOfZero, HasNoOptions],
    "test_writable_implies_writes": [DoesNotDeclareWrites],
    "test_records_carry_described_fields_only": [InventsAField],
    "test_unknown_object": [TakesAnyObject],
    "test_undeclared_writes_are_unsupported": [DoesNotDeclareWrites],
    "test_undeclared_read_is_unsupported": [DoesNotDeclareReading],
    "test_close_is_idempotent": [ClosesOnce],
    "test_capture_gives_every_record_once": [RepeatsARecord],
    "test_refs_name_connection_and_object": [ForgetsTheConnection],
    "test_values_travel_as_declared": [SpeaksNumbersAsText],
    "test_kinds_of_nothing_are_kept_apart": [BlanksWhatIsNull, FillsWhatIsMissing],
    "test_the_last_page_is_complete_and_has_a_cursor": [IsNeverComplete, IsAlwaysComplete],
    "test_an_empty_object_is_captured": [YieldsNothingWhenEmpty],
    "test_seen_counts_records": [CountsPagesOnly],
    "test_nothing_changed_gives_nothing": [RepeatsTheLastRecord, CapturesAllEachTime],
    "test_only_changes_are_captured": [CapturesAllEachTime],
    "test_an_edit_is_captured": [LosesEveryChange],
    "test_what_is_wanted_is_captured": [LeavesOutWhatIsWanted, LosesEveryChange],
    "test_an_older_cursor_loses_nothing": [RemembersInsteadOfTheCaller],
    "test_every_page_may_be_the_last": [MovesTheCursorBeforeTheLoad],
    "test_an_edit_during_a_capture_is_not_lost": [TakesTheCursorAtTheEnd],
    "test_a_deleted_record_is_gone": [SaysNothingOfDeletes],
    "test_absence_needs_a_complete_capture": [ClaimsAbsenceTooEarly],
    "test_an_erased_record_is_gone_for_good": [TakesErasuresForDeletes, TakesDeletesForErasures],
    "test_stamps_tell_when_a_field_was_set": [StampsWholeRecords, StampsNothing],
    "test_a_bad_row_stops_nothing": [DropsBadRows, StopsAtABadRow],
    "test_a_create_is_durable": [KeepsTheIdToItself],
    "test_an_update_sets_exactly_its_values": [ReplacesTheWholeRecord],
    "test_a_delete_removes_its_record": [DeletesNothing],
    "test_kinds_of_nothing_are_written_apart": [WritesNullAsBlank],
    "test_an_edited_record_is_stale": [ExpectsNothing],
    "test_an_unedited_record_is_not_stale": [IsAlwaysStale],
    "test_results_come_under_their_numbers": [NumbersItsOwnWay, SuccessOfOneIsSuccessOfAll],
    "test_a_rejected_row_says_why": [RejectsWithoutAWord],
    "test_a_repeated_create_makes_one_record": [CreatesAgain],
    "test_what_is_written_is_read_back": [ReadsInItsOwnOrder],
    "test_an_abandoned_run_is_over": [KeepsTheLock, IsNotStagedAsDeclared],
    "test_staged_writes_show_at_commit": [IsNotStagedAsDeclared],
    "test_a_rejected_row_is_left_whole": [WritesHalfOfABadRow, SuccessOfOneIsSuccessOfAll],
    "test_what_is_read_is_what_is_captured": [ReadsLessThanItCaptures],
    "test_another_form_of_a_value_is_declared": [ShoutsInSecret],
    "test_our_echo_is_what_we_wrote": [ShowsWhatWasThere, CapturesAllEachTime],
    "test_what_we_deleted_is_gone": [SaysNothingOfDeletes, ForgetsWhatItDeleted],
    "test_a_delete_of_nothing_is_rejected": [DeletesNothingSuccessfully],
    "test_a_merge_names_the_survivor": [ForgetsTheSurvivor],
    "test_a_repeated_create_overwrites_nothing": [OverwritesWhatItFinds],
    "test_a_killed_run_is_repeated": [CommitsWhatAKilledRunLeft],
    "test_estimating_is_pure": [EstimatesByWriting],
    "test_an_allowance_is_asked_cheaply": [AsksForItsAllowanceEachTime, OwesCalls],
    "test_an_allowance_falls_as_it_is_used": [ForgetsWhatItUses],
    "test_writing_takes_no_more_calls_than_estimated": [ForgetsToReadBack, EstimatesAsIfAllWentAtOnce],
    "test_reading_takes_no_more_calls_than_estimated": [
        EstimatesAsIfAllWentAtOnce,
        ReadsWithoutBlankIds,
        ReadsTwice,
    ],
}
"""Rule of the contract -> providers that break it."""
