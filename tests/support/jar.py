"""The smallest CRM that can be served: a jar of words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from leadbridge.sandbox import Call, Options, Sandbox, Switch, known, steered


class JarSandbox(Sandbox):
    kinds: ClassVar[Mapping[str, str]] = {"sticky": "HTTP 409, the jar does not open"}

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        if options.seed not in {"demo", "empty"}:
            raise ValueError(f"there is no seed {options.seed!r}; there are demo and empty")
        self.words: list[str] = []
        self._switches: dict[str, Switch] = {"loud": False}
        for name, value in options.switches.items():
            self.switch(name, value)
        self.reset()

    @property
    def token(self) -> str:
        return "lid"

    @property
    def switches(self) -> Mapping[str, Switch]:
        return self._switches

    def switch(self, name: str, value: Switch) -> None:
        if name not in self._switches:
            raise ValueError(f"there is no switch {name!r}")
        self._switches[name] = value

    def reset(self) -> None:
        self.words = [f"word{n}" for n in range(self.options.leads)] if self.options.seed == "demo" else []

    def routes(self) -> Sequence[BaseRoute]:
        return [Route("/words", self._words, methods=["GET", "POST"])]

    def control(self) -> Sequence[BaseRoute]:
        return [Route("/shake", steered(self._shake), methods=["POST"])]

    def refuse(self, call: Call) -> Response | None:
        return JSONResponse({}, status_code=409) if self.faults.take("sticky", call) else None

    def finish(self, call: Call, headers: dict[str, str]) -> None:
        headers["x-words"] = str(len(self.words))

    async def _words(self, request: Request) -> Response:
        if request.method == "POST":
            self.words.append((await request.body()).decode())
        return JSONResponse(self.words)

    def _shake(self, told: Mapping[str, object]) -> object:
        known(told)
        self.words.reverse()
        return self.words
