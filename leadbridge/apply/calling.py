"""Calling a provider as its errors ask: wait and repeat, or fetch new credentials once and repeat."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt, wait_exponential, wait_random

from leadbridge.apply.options import Options
from leadbridge.errors import CredentialsError, RetryableError, UncertainError
from leadbridge.provider import Provider

T = TypeVar("T")

_BACKOFF = wait_exponential(multiplier=1, max=60)
_JITTER = wait_random(0, 1)


class Caller:
    """Raises what the provider raised last, once trying is at its end."""

    def __init__(self, provider: Provider, options: Options) -> None:
        self._provider = provider
        self._options = options

    def act(self, ask: Callable[[], T]) -> T:
        """A call with effects: repeated only after an error that promises that nothing was done."""
        return self._try(ask, self._is_patient)

    def look(self, ask: Callable[[], T]) -> T:
        """A call without effects: repeated after a lost reply as well."""
        return self._try(ask, lambda error: self._is_patient(error) or isinstance(error, UncertainError))

    def pause(self, attempt: int) -> None:
        """Wait before a batch is looked up whose reply was lost for the n-th time. The lease may run out meanwhile."""
        self._sleep(min(2.0 ** (attempt - 1), 60.0))

    def _try(self, ask: Callable[[], T], again: Callable[[BaseException], bool]) -> T:
        retrying = Retrying(
            retry=retry_if_exception(again),
            wait=_wait,
            stop=stop_after_attempt(self._options.attempts),
            sleep=self._sleep,
            reraise=True,
        )
        answer: T = retrying(self._with_credentials, ask)
        return answer

    def _with_credentials(self, ask: Callable[[], T]) -> T:
        try:
            return ask()
        except CredentialsError:
            self._provider.refresh()
            return ask()

    def _is_patient(self, error: BaseException) -> bool:
        return isinstance(error, RetryableError) and (error.retry_after or 0) <= self._options.longest_wait

    def _sleep(self, seconds: float) -> None:
        self._options.sleep(seconds)
        self._options.check()


def _wait(state: RetryCallState) -> float:
    """At least what the CRM asks for, and never all clients at one moment."""
    error = state.outcome.exception() if state.outcome else None
    asked = error.retry_after if isinstance(error, RetryableError) else None
    return max(asked or 0.0, _BACKOFF(state)) + _JITTER(state)
