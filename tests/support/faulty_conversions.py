"""Memory providers that each break one rule of native conversion; their names say how."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from leadbridge.conversions import ConvertRequest, ConvertResult, Prediction, Snapshots
from leadbridge.memory import MemoryProvider
from leadbridge.provider import Page
from leadbridge.records import Ref

COUNT = itertools.count()


class Converting(MemoryProvider):
    """Changes requests on their way in, predictions and results on their way out."""

    def before(self, request: ConvertRequest) -> ConvertRequest:
        return request

    def foretold(self, prediction: Prediction) -> Prediction:
        return prediction

    def after(self, result: ConvertResult) -> ConvertResult:
        return result

    def predict(self, requests: Sequence[ConvertRequest], snapshots: Mapping[int, Snapshots]) -> Sequence[Prediction]:
        return [self.foretold(one) for one in super().predict(requests, snapshots)]

    def convert(self, requests: Sequence[ConvertRequest]) -> Sequence[ConvertResult]:
        return [self.after(one) for one in super().convert([self.before(request) for request in requests])]


class ConvertsWithoutReading(MemoryProvider):
    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.capabilities = replace(self.capabilities, read_back=False)


class ConvertsNoneAtOnce(MemoryProvider):
    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.capabilities = replace(self.capabilities, converts_at_once=0)


class ConvertsUndeclared(MemoryProvider):
    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.capabilities = replace(self.capabilities, native_conversion=False)


class PredictsByConverting(MemoryProvider):
    def predict(self, requests: Sequence[ConvertRequest], snapshots: Mapping[int, Snapshots]) -> Sequence[Prediction]:
        found = super().predict(requests, snapshots)
        self.convert(requests)
        return found


class PredictsByTheDay(Converting):
    def foretold(self, prediction: Prediction) -> Prediction:
        return replace(prediction, lasting=(str(next(COUNT)),))


class SaysNothingOfTheLead(Converting):
    def foretold(self, prediction: Prediction) -> Prediction:
        return replace(prediction, effects=tuple(one for one in prediction.effects if one.role != "lead"))


class NamesAnybody(Converting):
    def foretold(self, prediction: Prediction) -> Prediction:
        return replace(prediction, effects=tuple(replace(e, names={"Owner": "owner"}) for e in prediction.effects))


class PredictsWhatItDoesNot(Converting):
    def foretold(self, prediction: Prediction) -> Prediction:
        return replace(prediction, effects=tuple(replace(e, values={"Phone": "1"}) for e in prediction.effects))


class MakesMoreThanItSays(Converting):
    def before(self, request: ConvertRequest) -> ConvertRequest:
        return replace(request, makes=request.makes | {"opportunity"})


class MakesTwo(Converting):
    def after(self, result: ConvertResult) -> ConvertResult:
        self.crm.create("Contact", {"Email": "ghost@example.com"})
        return result


class OverwritesInSecret(Converting):
    def after(self, result: ConvertResult) -> ConvertResult:
        at = result.records["account"]
        self.crm.edit(at.object, at.id, {"Name": "overwritten"})
        return result


class MakesANewContactAnyway(Converting):
    def before(self, request: ConvertRequest) -> ConvertRequest:
        return replace(request, into={})


class ConvertsTwice(MemoryProvider):
    def convert(self, requests: Sequence[ConvertRequest]) -> Sequence[ConvertResult]:
        for one in requests:
            lead = self.crm._entries[one.lead.object].get(one.lead.id)
            if lead is not None:
                self.crm._entries[one.lead.object][lead.id] = replace(lead, converted=None)
        return super().convert(requests)


class ForgetsWhatBecame(MemoryProvider):
    def converted(self, leads: Sequence[Ref]) -> Sequence[Mapping[str, Ref] | None]:
        return [None for _ in leads]


class CallsAllLeadsConverted(MemoryProvider):
    def converted(self, leads: Sequence[Ref]) -> Sequence[Mapping[str, Ref] | None]:
        return [one or {} for one in super().converted(leads)]


class CallsABadLeadDone(Converting):
    def after(self, result: ConvertResult) -> ConvertResult:
        return replace(result, state="done")


class RefusesWithoutAWord(Converting):
    def after(self, result: ConvertResult) -> ConvertResult:
        return replace(result, reject=None)


class NumbersLeadsItsOwnWay(MemoryProvider):
    def convert(self, requests: Sequence[ConvertRequest]) -> Sequence[ConvertResult]:
        return [replace(result, number=n) for n, result in enumerate(super().convert(requests), start=1)]


class ExpectsNothingOfLeads(Converting):
    def before(self, request: ConvertRequest) -> ConvertRequest:
        return replace(request, expected={})


class ReportsNoConversion(MemoryProvider):
    def _pages(self, object: str, cursor: str | None) -> Iterator[Page]:
        return (replace(page, converted=()) for page in super()._pages(object, cursor))


class CallsEveryContactMade(MemoryProvider):
    def _pages(self, object: str, cursor: str | None) -> Iterator[Page]:
        for page in super()._pages(object, cursor):
            yield replace(page, converted=tuple(replace(one, made=True) for one in page.converted))


class WritesConvertedLeads(MemoryProvider):
    def _outdated(self, action: Any) -> Any:
        found = super()._outdated(action)
        return None if found and found.code == "converted" else found


class EstimatesByConverting(MemoryProvider):
    def estimate_conversions(self, requests: Iterable[ConvertRequest]) -> int:
        return len(self.convert(list(requests)))


class ConvertsInMoreCalls(MemoryProvider):
    def convert(self, requests: Sequence[ConvertRequest]) -> Sequence[ConvertResult]:
        self.crm.calls += 1
        return super().convert(requests)


RULES: Mapping[str, Sequence[type[MemoryProvider]]] = {
    "test_undeclared_conversion_is_unsupported": [ConvertsUndeclared],
    "test_a_conversion_is_read_back": [ConvertsWithoutReading, ConvertsNoneAtOnce],
    "test_predicting_is_pure": [PredictsByConverting, PredictsByTheDay],
    "test_effects_name_each_role_once": [SaysNothingOfTheLead, NamesAnybody],
    "test_what_is_predicted_comes_about": [PredictsWhatItDoesNot, MakesTwo],
    "test_existing_records_change_as_predicted": [
        PredictsWhatItDoesNot,
        OverwritesInSecret,
        MakesANewContactAnyway,
    ],
    "test_a_role_that_is_not_asked_for_is_left_out": [MakesMoreThanItSays],
    "test_a_lead_is_converted_once": [ConvertsTwice],
    "test_what_became_of_a_lead_can_be_asked": [ForgetsWhatBecame, CallsAllLeadsConverted],
    "test_a_bad_lead_stops_no_other": [CallsABadLeadDone, RefusesWithoutAWord, NumbersLeadsItsOwnWay],
    "test_an_edited_lead_is_stale": [ExpectsNothingOfLeads],
    "test_a_conversion_is_captured": [ReportsNoConversion, CallsEveryContactMade],
    "test_a_converted_lead_is_read_only": [WritesConvertedLeads],
    "test_estimating_conversions_is_pure": [EstimatesByConverting],
    "test_converting_takes_no_more_calls_than_estimated": [ConvertsInMoreCalls],
}
"""Rule of the contract -> providers that break it."""
