"""What a conversion job decides about captured leads: unite, score, select, match, plan. It touches no connection."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from leadbridge.conditions import Condition, ConditionFault, compile_condition
from leadbridge.config import ConvertJob
from leadbridge.errors import FileFaults, UsageError
from leadbridge.extend import Convertible, Fragment
from leadbridge.jobs.capture import Capture
from leadbridge.jobs.convert.foretelling import Chosen
from leadbridge.jobs.identify import MATCHED_ROLES, Answered, Known, judge_of, people_of
from leadbridge.jobs.outcome import Preview, Review
from leadbridge.jobs.rating import rated
from leadbridge.jobs.sources import Source
from leadbridge.jobs.workspace import Workspace
from leadbridge.mapping.objects import ObjectMapping
from leadbridge.mapping.policy import LEAD_ROLES, ConvertPolicy
from leadbridge.matching.groups import Judge
from leadbridge.merge.identity import Answers, answered
from leadbridge.plan.agreeing import agreed, united_now
from leadbridge.plan.book import Book, lead_beside
from leadbridge.plan.changing_role import AsContact
from leadbridge.plan.conversion import plan_conversions
from leadbridge.plan.layout import Scene
from leadbridge.plan.model import LeftOut, Rating, Request, United, label
from leadbridge.plan.selection import select
from leadbridge.records import Captured, Ref
from leadbridge.values import Value

NOBODY = Book({})
Choose = Callable[[Sequence[Request]], Chosen]


def convert_job(workspace: Workspace, name: str) -> ConvertJob:
    """Raises UsageError where there is no such job, or it converts nothing."""
    job = workspace.project.config.job(name)
    if not isinstance(job, ConvertJob):
        raise UsageError(f"job {name!r} syncs; run it with: leadbridge sync {name}")
    return job


def where_of(workspace: Workspace, name: str, source: str | None) -> Condition | None:
    """The job's own condition; a fault stands where it is written."""
    if source is None:
        return None
    try:
        return compile_condition(source, workspace.mappings.catalogue.subjects["person"].fields)
    except ConditionFault as error:
        document = workspace.project.config.document
        raise FileFaults([document.fault(("jobs", name, "where"), error.message, error.suggestion)]) from None


@dataclass(frozen=True, slots=True)
class Deciding:
    """
    Attributes:
        book: what is known of the captured records; conversion then stands on golden records.
        held: leads that an undo protects.
        answers: what people said of records that may be one person; ``meant`` of records to which leads belong.
    """

    workspace: Workspace
    name: str
    job: ConvertJob
    policy: ConvertPolicy
    sources: tuple[Source, ...]
    book: Book = NOBODY
    held: Mapping[Ref, str] = field(default_factory=dict)
    answers: Answers = field(default_factory=dict)
    meant: Answered = field(default_factory=dict)

    def check_targets(self) -> None:
        """Leads must come from somewhere, and where accounts and contacts are made there must be objects for them."""
        into = (self.job.into,) if self.job.into else self.job.convert
        for source in self.sources:
            if source.connection in self.job.convert:
                source.demand(LEAD_ROLES)
            lacking = [role for role in MATCHED_ROLES if role in self.policy.parts and role not in source.homes()]
            if source.connection in into and lacking:
                hint = "" if self.job.into else "; name the connection that has them as the job's `into:`"
                what = f"job {self.name!r} cannot make a record of role {lacking[0]} in {source.connection!r}"
                raise UsageError(f"{what}: {source.homeless(lacking[0])}{hint}")

    def decide(self, captured: Capture, where: Condition | None, choose: Choose | None = None) -> Preview:
        """From what was captured to the preview. Calls hooks; touches no connection.

        Args:
            choose: makes the plan where CRMs convert by themselves.
        """
        leads = [record for record in captured.records if self._is_lead(record)]
        person = self.workspace.mappings.catalogue.subjects["person"]
        people, questions = people_of(leads, self._judge(), self.job.convert, person)
        closed = self.book.closed
        with_scores = rated([self._as_it_stands(united_now(one, self.book), closed) for one in people], self.workspace)
        asked = {ref for question in questions for ref in question.refs} | self.held.keys()
        selection = select([p for p, _ in with_scores if not asked.intersection(p.refs)], self.policy, where)
        known = Known.of(filter(self._can_match, captured.records), self.policy, self.job.connections, self.meant)
        requests, more = self._requests(selection.selected, known, {p.refs: rating for p, rating in with_scores})
        requests, vetoed = self._ask_plugins(agreed(requests, self.book))
        chosen = choose(requests) if choose else Chosen(plan_conversions(requests, self.scene()))
        return Preview(
            job=self.name,
            tallies=captured.tallies,
            leads=Counter(record.ref.connection for record in leads),
            people=tuple(lead for lead, _ in with_scores),
            left_out=(*selection.left_out, *self._held([p for p, _ in with_scores]), *vetoed, *chosen.left_out),
            reviews=(*questions, *more),
            rejects=(
                *captured.rejects,
                *self.workspace.scoring_rejects,
                *selection.rejects,
                *chosen.plan.rejects,
                *chosen.rejects,
            ),
            plan=chosen.plan,
            foretold=chosen.foretold,
        )

    def _as_it_stands(self, lead: United, closed: Collection[int]) -> United:
        """A further lead of somebody who was converted is open still, by what its own record says of that."""
        links = (self.book.records[ref].link for ref in lead.refs if ref in self.book.records)
        if not any(link is not None and link.golden in closed for link in links):
            return lead
        own = {
            name: member.values[name]
            for member in reversed(lead.members)
            for name in self.policy.on_converted
            if name in member.values
        }
        return replace(lead, values={**lead.values, **own})

    def _judge(self) -> Judge:
        return answered(judge_of(self.workspace.plugins), self.answers)

    def _is_lead(self, record: Captured) -> bool:
        """One that was not converted yet, and that no conversion made: prospects are made so, leads never are."""
        if record.role not in LEAD_ROLES or record.ref.connection not in self.job.convert or lead_beside(record):
            return False
        made = record.role != "lead" and record.ref in self.book.made.values()
        return not made and not self.book.is_converted(record.ref)

    def _can_match(self, record: Captured) -> bool:
        """A twin of a record in the same object is never written."""
        entry = self.book.records.get(record.ref)
        return entry is None or entry.link is None or entry.link.state not in {"surplus", "gone"}

    def _held(self, people: Sequence[United]) -> list[LeftOut]:
        found = [(p, next((self.held[ref] for ref in p.refs if ref in self.held), "")) for p in people]
        return [LeftOut(person, label(person.values), reason) for person, reason in found if reason]

    def _requests(
        self, selected: Sequence[United], known: Known, ratings: dict[tuple[Ref, ...], Rating | None]
    ) -> tuple[list[Request], list[Review]]:
        """A request for each lead whose match is clear, a question for each of the others."""
        requests: list[Request] = []
        questions: list[Review] = []
        both = {source.connection: source.both() for source in self.sources} if "contact" in self.policy.parts else {}
        for lead in selected:
            targets, own = self._targets(lead), dict(self._own(lead, both))
            matched = known.match(lead, targets, own)
            if isinstance(matched, Review):
                questions.append(matched)
                continue
            rating, keys = ratings[lead.refs], known.keys(lead, targets)
            requests.append(Request(len(requests) + 1, lead, targets, matched, keys, rating=rating, own=own))
        return requests, questions

    def _own(self, lead: United, both: Mapping[str, Mapping[str, ObjectMapping]]) -> Iterator[tuple[str, AsContact]]:
        """The lead's first record in each connection whose object holds contacts too; it could become one."""
        for member in reversed(lead.members):  # of several the first stays
            mapping = both.get(member.ref.connection, {}).get(member.ref.object)
            if mapping is not None and self._can_match(member):
                yield member.ref.connection, AsContact.of(member, mapping)

    def _targets(self, lead: United) -> tuple[str, ...]:
        if self.job.into:
            return (self.job.into,)
        return tuple(dict.fromkeys(ref.connection for ref in lead.refs))

    def _ask_plugins(self, requests: Sequence[Request]) -> tuple[list[Request], list[LeftOut]]:
        """Vetoes leave leads out; values fill what the policy leaves absent, the first plugin's counts."""
        fragments: dict[int, list[Fragment]] = {}
        for fragment in self.workspace.plugins.convert([_convertible(request) for request in requests]):
            fragments.setdefault(fragment.number, []).append(fragment)
        going: list[Request] = []
        vetoed: list[LeftOut] = []
        for request in requests:
            mine = fragments.get(request.number, [])
            veto = next((fragment.veto for fragment in mine if fragment.veto), "")
            if veto:
                vetoed.append(LeftOut(request.lead, label(request.lead.values), f"veto: {veto}"))
            else:
                going.append(replace(request, number=len(going) + 1, added=self._added(mine)))
        return going, vetoed

    def _added(self, fragments: Sequence[Fragment]) -> dict[str, dict[str, Value]]:
        added: dict[str, dict[str, Value]] = {}
        for fragment in fragments:
            for role, values in fragment.values.items():
                part = self.policy.parts.get(role)
                unknown = [name for name in values if part is not None and name not in part.subject.fields]
                if unknown:
                    raise UsageError(
                        f"a plugin's leadbridge_convert sets {unknown[0]!r}, which role {role} does not have; "
                        "find it with: leadbridge plugins list"
                    )
                added[role] = {**values, **added.get(role, {})}
        return added

    def scene(self) -> Scene:
        homes = {
            (source.connection, role): fields
            for source in self.sources
            for role, fields in source.homes().items()
            if role != "lead" or source.updates(role)  # leads are closed, never made
        }
        mappings = self.workspace.mappings
        person = mappings.catalogue.subjects["person"]
        return Scene(self.policy, homes, person, self.workspace.now, mappings.stages, self.book.elsewhere)


def _convertible(request: Request) -> Convertible:
    matched = {role: match.record.ref for (_, role), match in reversed(tuple(request.matched.items()))}
    return Convertible(request.number, request.lead.refs, request.lead.values, matched)
