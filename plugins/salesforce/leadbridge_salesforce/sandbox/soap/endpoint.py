"""The partner endpoint: who may call, which operation it is, and how the answer is put.

A call that is refused whole is HTTP 500 with a fault; records that fail are results of an HTTP 200.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from leadbridge_salesforce.sandbox.dml.refusals import Refused
from leadbridge_salesforce.sandbox.org import Org
from leadbridge_salesforce.sandbox.soap.envelope import Message, Node, SoapFault, fault_reply, read_message, reply
from leadbridge_salesforce.sandbox.switches import FIRST_VERSION

from leadbridge.sandbox import Call

CONTENT_TYPE: Final = "text/xml; charset=UTF-8"


@dataclass(frozen=True, slots=True)
class Spoken:
    """A call in the hands of its operation. ``version`` is that of the API, such as 67."""

    message: Message
    call: Call
    version: int


Operation = Callable[[Spoken], Node]


class SoapEndpoint:
    """Answers SOAP calls.

    Args:
        operations: by name, those that need a session.
        open_operations: by name, those that do not, such as ``login``.
        accepts: whether a session's token is good.
        used: how many API calls were made within the day.
    """

    def __init__(
        self,
        org: Org,
        operations: Mapping[str, Operation],
        open_operations: Mapping[str, Operation],
        accepts: Callable[[str], bool],
        used: Callable[[], int],
    ) -> None:
        self._org = org
        self._operations = operations
        self._open_operations = open_operations
        self._accepts = accepts
        self._used = used

    def answer(self, version: str, call: Call) -> tuple[int, bytes]:
        """HTTP status and body."""
        try:
            return 200, self._answered(_number(version), call)
        except SoapFault as fault:
            return 500, fault_reply(fault)
        except Refused as refused:
            return 500, fault_reply(SoapFault(refused.code, refused.message))

    def _answered(self, version: int, call: Call) -> bytes:
        if not FIRST_VERSION <= version <= self._org.switches.newest_version:
            raise SoapFault("UNSUPPORTED_API_VERSION", "Invalid Api version specified on URL")
        message = read_message(call.body)
        name = message.call.name
        operation = self._open_operations.get(name)
        if operation is None:
            operation = self._operations.get(name)
            if operation is None:
                raise SoapFault("Client", f"No operation available for request {{urn:partner.soap.sforce.com}}{name}")
            self._check(message.session, version)
        with self._org.store.lock:
            result = operation(Spoken(message, call, version))
        return reply(name, result, self._used(), self._org.switches.daily_calls)

    def _check(self, token: str | None, version: int) -> None:
        old = version < self._org.switches.soap_takes_jwt_from
        if token is None or not self._accepts(token) or (old and _is_jwt(token)):
            raise SoapFault("INVALID_SESSION_ID", "Invalid Session ID found in SessionHeader: Illegal Session")


def _is_jwt(token: str) -> bool:
    return token.count(".") == 2 and token.startswith("eyJ")


def _number(version: str) -> int:
    whole, _, rest = version.partition(".")
    if not whole.isdecimal() or rest not in {"", "0"}:
        raise SoapFault("UNSUPPORTED_API_VERSION", "Invalid Api version specified on URL")
    return int(whole)
