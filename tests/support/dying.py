"""A run that is killed: ``python dying.py FOLDER PLAN STEP``, in a process of its own.

Every call of a function is a step, from the moment on at which the plan is applied. At the given step the process
sends itself SIGKILL: nothing is cleaned up. With step 0 it lives, and prints how many steps there were.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from leadbridge.jobs.sync import api
from leadbridge.jobs.sync.applying import Applying
from leadbridge.jobs.workspace import load_workspace


class Steps:
    def __init__(self, last: int) -> None:
        self.last = last
        self.taken = 0

    def __call__(self, frame: object, event: str, argument: object) -> None:
        if event in {"call", "c_call"}:
            self.taken += 1
            if self.taken == self.last:
                os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    folder, plan, last = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    steps, apply = Steps(last), Applying.apply

    def counted(self: Applying, *arguments: object) -> object:
        sys.setprofile(steps)
        try:
            return apply(self, *arguments)  # type: ignore[arg-type]  # as it was called
        finally:
            sys.setprofile(None)

    Applying.apply = counted  # type: ignore[method-assign, assignment]
    workspace = load_workspace(folder)
    with api.open_state(workspace) as store:
        api.approve_and_apply(workspace, store, plan, ["create", "update"], lambda step, rows: None)
    sys.stdout.write(str(steps.taken))


if __name__ == "__main__":
    main()
