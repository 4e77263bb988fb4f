"""Rules of ``capture``: everything once, nothing lost, absence only with proof."""

# ruff: noqa: S101  (assertions are what a contract is made of)

from __future__ import annotations

from datetime import timedelta

import pytest

from leadbridge.errors import ConnectionFailedError
from leadbridge.provider import Page, Provider
from leadbridge.testing.harness import Contract, Harness, capture, capture_anew, needs, ref
from leadbridge.values import Missing

MANY = 5


class CaptureContract(Contract):
    def test_capture_gives_every_record_once(self, harness: Harness, provider: Provider) -> None:
        """Without a cursor: all records, each once, with the values that stand in the CRM."""
        samples = {harness.create(harness.sample(n)): harness.sample(n) for n in range(MANY)}
        captured = capture(provider, harness)
        assert sorted(record.ref.id for record in captured.records) == sorted(samples)
        for one, sample in samples.items():
            assert {name: captured.value(one, name) for name in sample} == sample

    def test_refs_name_connection_and_object(self, harness: Harness, provider: Provider) -> None:
        """A record's ref is the connection's name, the object's name and the id."""
        one = harness.create(harness.sample(1))
        assert [record.ref for record in capture(provider, harness).records] == [ref(provider, harness, one)]

    def test_values_travel_as_declared(self, harness: Harness, provider: Provider) -> None:
        """On the ``text`` wire values are strings or null; a missing field is not there, never ``MISSING`` itself."""
        for number in range(MANY):
            harness.create(harness.sample(number))
        values = [value for record in capture(provider, harness).records for value in record.values.values()]
        assert not any(isinstance(value, Missing) for value in values)
        if provider.capabilities.wire == "text":
            assert all(value is None or isinstance(value, str) for value in values)

    def test_kinds_of_nothing_are_kept_apart(self, harness: Harness, provider: Provider) -> None:
        """Missing, null, blank, ``0`` and ``False``, as far as the CRM tells them apart, come back as they are."""
        number = 0
        for name, kinds in harness.distinct.items():
            for raw in kinds:
                number += 1
                one = harness.create({**harness.sample(number), name: raw})
                captured = capture(provider, harness).value(one, name)
                assert (type(captured), captured) == (type(raw), raw), name

    def test_the_last_page_is_complete_and_has_a_cursor(self, harness: Harness, provider: Provider) -> None:
        """A capture without a cursor ends with ``complete`` and a cursor; no earlier page is ``complete``."""
        for number in range(MANY):
            harness.create(harness.sample(number))
        pages = capture(provider, harness).pages
        assert [page.complete for page in pages] == [False] * (len(pages) - 1) + [True]
        assert pages[-1].cursor is not None

    def test_an_empty_object_is_captured(self, harness: Harness, provider: Provider) -> None:
        """No records: still one page, complete and with a cursor. Whether that is suspicious a brake decides."""
        captured = capture(provider, harness)
        assert captured.records == []
        assert captured.cursor is not None
        assert captured.pages[-1].complete

    def test_seen_counts_records(self, harness: Harness, provider: Provider) -> None:
        """``seen`` never falls, and at the end of a complete capture is the number of records."""
        for number in range(MANY):
            harness.create(harness.sample(number))
        seen = [page.seen for page in capture(provider, harness).pages]
        assert seen == sorted(seen)
        assert seen[-1] == MANY

    def test_nothing_changed_gives_nothing(self, harness: Harness, provider: Provider) -> None:
        """Captured again with the last cursor, here or by a later process: no records, none gone, a cursor."""
        needs(provider, "incremental")
        for number in range(MANY):
            harness.create(harness.sample(number))
        cursor = capture(provider, harness).cursor
        for again in (capture(provider, harness, cursor), capture_anew(harness, cursor)):
            assert (again.records, again.gone) == ([], [])
            assert again.cursor is not None

    def test_only_changes_are_captured(self, harness: Harness, provider: Provider) -> None:
        """With a cursor: what was created or edited since, as it is now, and nothing else."""
        needs(provider, "incremental")
        edited, _ = harness.create(harness.sample(1)), harness.create(harness.sample(2))
        cursor = capture(provider, harness).cursor
        harness.edit(edited, {harness.field: "once"})
        harness.edit(edited, {harness.field: "twice"})
        new = harness.create(harness.sample(3))
        captured = capture_anew(harness, cursor)
        assert sorted(captured.by_id) == sorted([edited, new])
        assert captured.value(edited, harness.field) == "twice"

    def test_an_edit_is_captured(self, harness: Harness, provider: Provider) -> None:
        """With or without ``incremental``, a capture with a cursor carries what changed since."""
        one = harness.create(harness.sample(1))
        cursor = capture(provider, harness).cursor
        harness.edit(one, {harness.field: "edited"})
        assert capture_anew(harness, cursor).value(one, harness.field) == "edited"

    def test_what_is_wanted_is_captured(self, harness: Harness, provider: Provider) -> None:
        """Where somebody said which fields are read, these come as ever: at first, and of what changed."""
        one = harness.create(harness.sample(1))
        provider.wants({harness.object: {harness.field}})
        first = capture(provider, harness)
        assert first.value(one, harness.field) == harness.sample(1)[harness.field]
        harness.edit(one, {harness.field: "edited"})
        assert capture(provider, harness, first.cursor).value(one, harness.field) == "edited"

    def test_an_older_cursor_loses_nothing(self, harness: Harness, provider: Provider) -> None:
        """A cursor handed in again, as after a crash, repeats the changes since it, however often."""
        one = harness.create(harness.sample(1))
        old = capture(provider, harness).cursor
        harness.edit(one, {harness.field: "edited"})
        capture(provider, harness, old)
        for again in (capture(provider, harness, old), capture_anew(harness, old)):
            assert again.value(one, harness.field) == "edited"

    def test_every_page_may_be_the_last(self, harness: Harness, provider: Provider) -> None:
        """Killed after any page and taken up at its cursor, a capture has carried every record."""
        ids = sorted(harness.create(harness.sample(number)) for number in range(MANY))
        carried: set[str] = set()
        cursor = None
        for page in capture(provider, harness).pages:
            carried |= {record.ref.id for record in page.records}
            cursor = page.cursor or cursor
            rest = {record.ref.id for record in capture_anew(harness, cursor).records}
            assert sorted(carried | rest) == ids

    def test_an_edit_during_a_capture_is_not_lost(self, harness: Harness, provider: Provider) -> None:
        """Edited after the first page: in this capture or in the next. Failing with a sentence is allowed, too."""
        ids = [harness.create(harness.sample(number)) for number in range(MANY)]
        pages: list[Page] = []
        try:
            for page in provider.capture(harness.object):
                if not pages:
                    for one in ids:
                        harness.edit(one, {harness.field: "meanwhile"})
                pages.append(page)
        except ConnectionFailedError:
            assert pages, "nothing was captured before it failed"
        captured = {record.ref.id: record.values for page in pages for record in page.records}
        cursors = [page.cursor for page in pages if page.cursor]
        captured |= capture_anew(harness, cursors[-1] if cursors else None).by_id
        assert {one: captured[one].get(harness.field) for one in captured} == dict.fromkeys(ids, "meanwhile")

    def test_a_deleted_record_is_gone(self, harness: Harness, provider: Provider) -> None:
        """With ``deletes``: reported once a capture finds it gone, with its ref; no other record is."""
        needs(provider, "deletes")
        deleted, kept = harness.create(harness.sample(1)), harness.create(harness.sample(2))
        cursor = capture(provider, harness).cursor
        harness.delete(deleted)
        for again in (capture(provider, harness, cursor), capture_anew(harness, cursor)):
            assert [gone.ref for gone in again.gone] == [ref(provider, harness, deleted)]
            assert deleted not in again.by_id
        assert sorted(capture_anew(harness).by_id) == [kept]

    def test_absence_needs_a_complete_capture(self, harness: Harness, provider: Provider) -> None:
        """``absent`` is claimed on a ``complete`` page only; what the CRM itself says may come on any page."""
        for number in range(MANY):
            one = harness.create(harness.sample(number))
        cursor = capture(provider, harness).cursor
        harness.delete(one)
        for page in capture(provider, harness, cursor).pages:
            assert page.complete or all(gone.proof != "absent" for gone in page.gone)

    def test_an_erased_record_is_gone_for_good(self, harness: Harness, provider: Provider) -> None:
        """With ``erasures``: reported as an erasure, also where it was deleted before, and nothing of it is told."""
        needs(provider, "erasures")
        at_once, later, deleted = (harness.create(harness.sample(number)) for number in range(3))
        harness.delete(later)
        cursor = capture(provider, harness).cursor
        for one in (at_once, later):
            assert harness.erase(one), "the harness of a provider that declares `erasures` can erase"
        harness.delete(deleted)
        again = capture_anew(harness, cursor)
        proofs = {gone.ref.id: gone.proof for gone in again.gone}
        assert (proofs[at_once], proofs[later]) == ("erasure", "erasure")
        assert proofs[deleted] != "erasure"
        assert again.records == []

    def test_stamps_tell_when_a_field_was_set(self, harness: Harness, provider: Provider) -> None:
        """With ``field_stamps``: every record carries stamps, aware UTC; an edit moves those of its own fields only."""
        needs(provider, "field_stamps")
        one = harness.create(harness.sample(1))
        before = next(record for record in capture(provider, harness).records if record.ref.id == one).stamps
        harness.edit(one, {harness.field: "edited"})
        after = next(record for record in capture_anew(harness).records if record.ref.id == one).stamps
        assert before and after
        assert {at.utcoffset() for at in after.values()} == {timedelta(0)}
        assert after[harness.field] >= max(before.values())
        assert {n: at for n, at in after.items() if n != harness.field} == {
            n: at for n, at in before.items() if n != harness.field
        }

    def test_a_bad_row_stops_nothing(self, harness: Harness, provider: Provider) -> None:
        """A row that cannot be read is a reject with code, reason and source; the rows around it are captured."""
        before = harness.create(harness.sample(1))
        if not harness.spoil():
            pytest.skip("this CRM cannot hold a row that cannot be read")
        after = harness.create(harness.sample(2))
        captured = capture(provider, harness)
        assert sorted(captured.by_id) == sorted([before, after])
        assert captured.rejects
        for reject in captured.rejects:
            assert reject.code
            assert reject.reason
            assert reject.source
