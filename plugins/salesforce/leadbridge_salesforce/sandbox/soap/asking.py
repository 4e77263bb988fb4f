"""An operation that is asked for, and what it has at hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from leadbridge.sandbox import Call
from leadbridge_salesforce.sandbox.auth.app import App
from leadbridge_salesforce.sandbox.dml.drafts import Manner
from leadbridge_salesforce.sandbox.org import Org
from leadbridge_salesforce.sandbox.rest.asking import Api
from leadbridge_salesforce.sandbox.soap.envelope import Envelope, Result, flag, text


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation.

    Attributes:
        url: where the org is served.
    """

    api: Api
    app: App
    call: Call
    envelope: Envelope
    version: float
    url: str

    @property
    def org(self) -> Org:
        return self.api.org

    def manner(self) -> Manner:
        """How its headers want rows saved. Assignment rules run only where a header asks for them."""
        headers = self.envelope.headers
        assignment = headers.get("AssignmentRuleHeader")
        chosen: bool | str = flag(assignment, "useDefaultRule")
        if assignment is not None:
            chosen = text(assignment, "assignmentRuleId") or chosen
        return replace(
            self.org.manner(self.call),
            assign=chosen,
            allow_duplicates=flag(headers.get("DuplicateRuleHeader"), "allowSave"),
            truncate=flag(headers.get("AllowFieldTruncationHeader"), "allowFieldTruncation"),
        )


Handler = Callable[[Operation], Sequence[Result]]
"""Gives the results, each of which becomes an element. Raises Refused for a fault."""
