"""docs/plugins.md is true: it names every hook with its arguments, every provider method, and runs."""

from __future__ import annotations

import re
from pathlib import Path

import leadbridge
from leadbridge import errors, provider
from leadbridge.extend import Reason
from leadbridge.plugins import Origin, Plugins
from leadbridge.plugins.checking import HOOKS
from leadbridge.records import Captured, Record, Ref

PAGE = (Path(__file__).parents[2] / "docs" / "plugins.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


def test_every_hook_is_documented_with_its_arguments() -> None:
    table = dict(re.findall(r"^\| `(leadbridge_\w+)\((\w+)\)` \|", PAGE, re.MULTILINE))
    assert {hook: (argument,) for hook, argument in table.items()} == HOOKS


def test_every_provider_method_is_documented() -> None:
    methods = [name for name in vars(provider.Provider) if not name.startswith("_")]
    assert {"describe", "capture", "write"} <= set(methods)
    assert [name for name in methods if f"`{name}`" not in PAGE] == []


def test_public_modules_are_documented() -> None:
    public = re.findall(r"``(leadbridge[\w.]*)``", leadbridge.__doc__ or "")
    assert [name for name in public if f"`{name}`" not in PAGE.split("## What may be imported")[1]] == []


def test_errors_named_exist() -> None:
    for name in re.findall(r"`(\w+Error)`", PAGE):
        assert hasattr(errors, name)


def test_the_example_of_a_hook_works() -> None:
    (example,) = (text for text in EXAMPLES if "def leadbridge_score" in text)
    names: dict[str, object] = {}
    exec(compile(example, "docs/plugins.md", "exec"), names)  # noqa: S102  (our own page)
    plugins = Plugins()
    plugins.take(
        Origin("example"), type("Example", (), {"leadbridge_score": staticmethod(names["leadbridge_score"])})()
    )
    assert plugins.problems == ()
    emails = ({"email": "ada@x.edu"}, {"email": "ada@x.com"}, {})
    batch = [Captured(Record(Ref("c", "o", str(n)), {}), "person", "lead", values) for n, values in enumerate(emails)]
    assert plugins.score(batch) == [[Reason("fit", 10, "works at a university")], [], []]


def test_the_commands_shown_are_those_that_new_shows() -> None:
    source = (Path(leadbridge.__file__).parent / "cli" / "plugins.py").read_text(encoding="utf-8")
    for command in ("pip install -e . pytest", "python -m pytest"):
        assert command in source
        assert f"\n{command}\n" in PAGE
