"""Which leads their own CRM converts, and what it will do: asked before anything is planned, without a call to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from leadbridge.config import ConvertJob
from leadbridge.errors import UsageError
from leadbridge.jobs.sources import Source
from leadbridge.mapping.policy import LEAD_ROLES, ConvertPolicy
from leadbridge.plan.asking import Foretold, ask, natives_of, rows_of
from leadbridge.plan.bodies import groups_of
from leadbridge.plan.book import Book
from leadbridge.plan.conversion import plan_conversions
from leadbridge.plan.layout import Scene
from leadbridge.plan.model import Conversion, ConversionPlan, LeftOut, Request
from leadbridge.provider import Provider
from leadbridge.records import Reject
from leadbridge.subjects.model import Catalogue


@dataclass(frozen=True, slots=True)
class Chosen:
    """
    Attributes:
        left_out: leads that are to be converted by a later run.
        rejects: leads that their CRM would refuse.
    """

    plan: ConversionPlan
    foretold: Foretold = field(default_factory=Foretold)
    left_out: tuple[LeftOut, ...] = ()
    rejects: tuple[Reject, ...] = ()


def able(job: ConvertJob, policy: ConvertPolicy, sources: Sequence[Source]) -> dict[str, Provider]:
    """Connection -> its provider, where leads are converted by the CRM itself: the same goes in as comes out.

    Raises UsageError where the job or the policy asks for that, and a CRM cannot.
    """
    mode = job.mode or policy.mode
    native = {
        source.connection: source.provider
        for source in sources
        if source.connection in job.convert
        and job.into in {None, source.connection}
        and source.provider.capabilities.native_conversion
        and any(map(source.updates, LEAD_ROLES))
    }
    lacking = [name for name in job.convert if name not in native]
    if mode == "native" and lacking:
        where = f"{lacking[0]!r} converts no leads by itself, or they are only read"
        if job.into not in {None, lacking[0]}:
            where = f"leads of {lacking[0]!r} become records of {job.into!r}"
        raise UsageError(f"`mode: native` cannot be kept: {where}; leave `mode` out, and only CRMs that can convert so")
    return {} if mode == "managed" else native


@dataclass(frozen=True)
class Foretelling:
    """
    Attributes:
        natives: connection -> its provider, see :func:`able`.
    """

    scene: Scene
    catalogue: Catalogue
    book: Book
    natives: Mapping[str, Provider]

    def choose(self, requests: Sequence[Request]) -> Chosen:
        """The plan for those of the requests that can be converted now."""
        left_out: list[LeftOut] = []
        rejects: list[Reject] = []
        going = list(requests)
        while True:
            plan = plan_conversions(going, self.scene)
            later = self._later(plan)
            foretold = Foretold() if later else self._foretold(plan)
            refused = {
                native.ref: reject
                for native in foretold.natives
                if (reject := foretold.predictions[native.number].reject) is not None
            }
            if not later and not refused:
                return Chosen(plan, foretold, tuple(left_out), tuple(rejects))
            left_out += [LeftOut(c.lead, c.label, reason) for c, reason in later]
            rejects += [replace(reject, source=reject.source or str(ref)) for ref, reject in refused.items()]
            out = {*refused, *(ref for c, _ in later for ref in c.lead.refs)}
            kept = [one for one in going if not out.intersection(one.lead.refs)]
            going = [replace(one, number=number) for number, one in enumerate(kept, 1)]

    def _later(self, plan: ConversionPlan) -> list[tuple[Conversion, str]]:
        """Leads that become one contact with others: they would stand and fall together, which no CRM promises."""
        natives = {native.conversion.number for native in natives_of(plan, self.natives, self.book)}
        groups = groups_of(plan, plan.conversions) if natives else {}
        together: dict[int, list[Conversion]] = {}
        for conversion in plan.conversions if natives else ():
            together.setdefault(groups[conversion.number], []).append(conversion)
        found: list[tuple[Conversion, str]] = []
        for first, *others in together.values():
            if natives.intersection(one.number for one in (first, *others)):
                reason = f"has one contact with {first.label}, who is converted first; run the job again after that"
                found += [(one, reason) for one in others]
        return found

    def _foretold(self, plan: ConversionPlan) -> Foretold:
        natives = natives_of(plan, self.natives, self.book)
        asked = ask(plan, self.scene, self.catalogue, self.book, self.natives)
        requests = {request.number: request for one in asked.values() for request in one.requests}
        predictions = {
            prediction.number: prediction
            for connection, one in asked.items()
            for prediction in self.natives[connection].predict(one.requests, one.snapshots)
        }
        return Foretold(natives, requests, predictions, rows_of(plan, natives))
