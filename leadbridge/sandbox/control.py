"""The endpoint by which a person or a test steers a sandbox: ``/_sandbox`` beside the CRM's own paths.

====================  ========  =======================================================================================
path                  method    body
====================  ========  =======================================================================================
``/_sandbox``         GET       all that can be steered, as it stands
``/clock``            POST      ``advance`` in seconds, ``now`` as a moment with its offset, ``frozen`` true or false
``/faults``           POST      a fault: ``kind``, and what else :class:`~leadbridge.sandbox.Fault` holds
``/faults``           DELETE    all faults are taken back, drawn ones too
``/profile``          POST      ``seed``, and ``rates`` where they are not the sandbox's own
``/switches``         POST      name -> position
``/calls``            GET       what was asked since the start, or since they were cleared by DELETE
``/reset``            POST      begin again
====================  ========  =======================================================================================
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from leadbridge.sandbox.base import Sandbox
from leadbridge.sandbox.faults import Fault

CONTROL: Final = "/_sandbox"
Handler = Callable[[Mapping[str, Any]], object]


def control_routes(sandbox: Sandbox) -> Sequence[BaseRoute]:
    steering = _Steering(sandbox)
    return [
        Route("/", steered(lambda _: steering.state()), methods=["GET"]),
        Route("/clock", steered(steering.clock), methods=["POST"]),
        Route("/faults", steered(steering.add_fault), methods=["POST"]),
        Route("/faults", steered(steering.clear_faults), methods=["DELETE"]),
        Route("/profile", steered(steering.profile), methods=["POST"]),
        Route("/switches", steered(steering.switch), methods=["POST"]),
        Route("/calls", steered(steering.calls), methods=["GET"]),
        Route("/calls", steered(steering.clear_calls), methods=["DELETE"]),
        Route("/reset", steered(steering.reset), methods=["POST"]),
        *sandbox.control(),
    ]


def steered(handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    """A route that hands a JSON object to the handler and gives back what it returns.

    What a body of another shape makes a handler raise is HTTP 400 with one sentence.
    """

    async def endpoint(request: Request) -> Response:
        try:
            return JSONResponse(handler(_told(await request.body())))
        except KeyError as error:
            return JSONResponse({"error": f"{error.args[0]} is missing"}, status_code=400)
        except (ValueError, TypeError) as error:
            return JSONResponse({"error": str(error)}, status_code=400)
        except AttributeError as error:
            return JSONResponse({"error": f"the body has another shape than this takes: {error}"}, status_code=400)

    return endpoint


def _told(body: bytes) -> Mapping[str, Any]:
    told = json.loads(body) if body.strip() else {}
    if not isinstance(told, dict):
        raise TypeError("the body must be a JSON object")
    return told


class _Steering:
    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def state(self) -> object:
        sandbox = self._sandbox
        return {
            "clock": self._clock(),
            "kinds": dict(sandbox.faults.kinds),
            "faults": [asdict(fault) for fault in sandbox.faults.waiting()],
            "switches": dict(sandbox.switches),
        }

    def clock(self, told: Mapping[str, Any]) -> object:
        known(told, "advance", "now", "frozen")
        clock = self._sandbox.clock
        if "now" in told:
            clock.set(datetime.fromisoformat(told["now"]))
        if "advance" in told:
            clock.advance(float(told["advance"]))
        if "frozen" in told:
            (clock.freeze if told["frozen"] else clock.run)()
        return self._clock()

    def add_fault(self, told: Mapping[str, Any]) -> object:
        known(told, *(f.name for f in fields(Fault)))
        fault = Fault(**told)
        self._sandbox.faults.add(fault)
        return asdict(fault)

    def clear_faults(self, told: Mapping[str, Any]) -> object:
        known(told)
        self._sandbox.faults.clear()
        return {}

    def profile(self, told: Mapping[str, Any]) -> object:
        known(told, "seed", "rates")
        rates = told.get("rates", self._sandbox.rates)
        self._sandbox.faults.draw(int(told["seed"]), rates)
        return {"seed": told["seed"], "rates": dict(rates)}

    def switch(self, told: Mapping[str, Any]) -> object:
        for name, value in told.items():
            self._sandbox.switch(name, value)
        return dict(self._sandbox.switches)

    def calls(self, told: Mapping[str, Any]) -> object:
        known(told)
        return [asdict(answered) for answered in self._sandbox.calls.all()]

    def clear_calls(self, told: Mapping[str, Any]) -> object:
        known(told)
        self._sandbox.calls.clear()
        return {}

    def reset(self, told: Mapping[str, Any]) -> object:
        known(told)
        self._sandbox.reset()
        return {}

    def _clock(self) -> object:
        clock = self._sandbox.clock
        return {"now": clock.now().isoformat(), "frozen": clock.frozen}


def known(told: Mapping[str, Any], *names: str) -> None:
    """Raises ValueError where something is told that nobody asked for."""
    unknown = sorted(set(told) - set(names))
    if unknown:
        raise ValueError(f"{', '.join(unknown)} is not known here; known are {', '.join(names) or 'no names'}")
