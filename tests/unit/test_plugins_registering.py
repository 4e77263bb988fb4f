"""What plugins register: names taken once, imported on demand, every failure a sentence that names the plugin."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from fake_distribution import install

from leadbridge.errors import UsageError
from leadbridge.memory import MemoryProvider
from leadbridge.plugins import Command, Plugins, load_plugins

HEAD = "from leadbridge import hookimpl\n@hookimpl\ndef "


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


def acme(site: Path, module: str, text: str, **further: str) -> Plugins:
    install(site, "leadbridge-acme", "1.2", {"acme": module}, {module: HEAD + text, **further})
    return load_plugins()


def problems(plugins: Plugins) -> list[str]:
    return [str(problem) for problem in plugins.problems]


def test_a_provider_is_imported_when_asked_for(site: Path) -> None:
    text = "from leadbridge.memory import MemoryProvider\nclass Acme(MemoryProvider): pass\n"
    plugins = acme(
        site,
        "reg_lazy",
        "leadbridge_register_providers(register): register('acme', 'reg_lazy_class:Acme')",
        reg_lazy_class=text,
    )
    assert plugins.providers["acme"] == "reg_lazy_class:Acme"
    assert "reg_lazy_class" not in sys.modules
    assert issubclass(plugins.provider("acme"), MemoryProvider)


def test_an_unknown_provider() -> None:
    with pytest.raises(UsageError) as error:
        load_plugins().provider("memroy")
    assert str(error.value) == (
        "there is no provider 'memroy' (did you mean 'memory'?); see all with: leadbridge plugins list"
    )


def test_an_unknown_provider_where_plugins_have_problems(site: Path) -> None:
    plugins = acme(site, "reg_broken", "leadbridge_scores(batch): return []")
    with pytest.raises(UsageError) as error:
        plugins.provider("qqq")
    assert str(error.value) == (
        "there is no provider 'qqq'; see all and the plugin problem with: leadbridge plugins list"
    )


@pytest.mark.parametrize(
    ("location", "said"),
    [
        (
            "no_such_module:Acme",
            "cannot be imported: ModuleNotFoundError: No module named 'no_such_module'; mend or reinstall it",
        ),
        (
            "leadbridge.memory:Acme",
            "cannot be imported: AttributeError: module 'leadbridge.memory' has no attribute 'Acme'; "
            "mend or reinstall it",
        ),
        ("leadbridge.memory:MemoryCrm", "cannot be used: leadbridge.memory:MemoryCrm is no subclass of Provider"),
        ("leadbridge.memory:memory_crm", "cannot be used: leadbridge.memory:memory_crm is no subclass of Provider"),
        ("leadbridge.provider:Provider", "cannot be used: leadbridge.provider:Provider lacks capture, describe"),
    ],
)
def test_a_provider_that_is_none(site: Path, location: str, said: str) -> None:
    module = "reg_at_" + location.translate({46: 95, 58: 95})
    plugins = acme(site, module, f"leadbridge_register_providers(register): register('acme', {location!r})")
    with pytest.raises(UsageError) as error:
        plugins.provider("acme")
    assert str(error.value) == f"provider 'acme' of plugin acme (leadbridge-acme 1.2) {said}"


@pytest.mark.parametrize(
    ("module", "call", "said"),
    [
        (
            "reg_taken",
            "register('memory', 'mine:Mine')",
            "registers provider 'memory', which plugin builtin (leadbridge 0.1.0.dev0) already brings; it is skipped",
        ),
        (
            "reg_name",
            "register('My CRM', 'mine:Mine')",
            "registers a provider named 'My CRM'; a name is of a-z, 0-9, - and _; it is skipped",
        ),
        (
            "reg_number",
            "register(7, 'mine:Mine')",
            "registers a provider named 7; a name is of a-z, 0-9, - and _; it is skipped",
        ),
        (
            "reg_place",
            "register('mine', 'mine.Mine')",
            "registers provider 'mine' at 'mine.Mine', which is not package.module:Name; it is skipped",
        ),
        (
            "reg_class",
            "register('mine', int)",
            "registers provider 'mine' at <class 'int'>, which is not package.module:Name; it is skipped",
        ),
        ("reg_raise", "1 / 0", "failed in leadbridge_register_providers: ZeroDivisionError: division by zero"),
        ("reg_exit", "raise SystemExit(3)", "failed in leadbridge_register_providers: SystemExit: 3"),
    ],
)
def test_a_wrong_registration_is_skipped_and_the_next_stands(site: Path, module: str, call: str, said: str) -> None:
    plugins = acme(
        site, module, f"leadbridge_register_providers(register):\n    register('early', 'a:B')\n    {call}\n"
    )
    assert {"early", "memory"} <= set(plugins.providers)
    assert "mine" not in plugins.providers
    assert problems(plugins) == [f"plugin acme (leadbridge-acme 1.2) {said}"]


def test_a_plugin_cannot_take_a_built_in_name_by_coming_first(site: Path) -> None:
    text = HEAD.replace("@hookimpl", "@hookimpl(tryfirst=True)")
    text += "leadbridge_register_providers(register): register('memory', 'mine:Mine')"
    install(site, "aaa", "1", {"aaa": "reg_first"}, {"reg_first": text})
    plugins = load_plugins()
    assert plugins.providers["memory"] == "leadbridge.memory:MemoryProvider"
    assert len(problems(plugins)) == 1


def test_transforms(site: Path) -> None:
    text = """leadbridge_register_transforms(register):
    from leadbridge.transforms.spec import Codec, Options, TransformSpec
    register(TransformSpec("shout", ("text",), Options, lambda o, w: Codec(str.lower, str.upper), "Upper case."))
    register("whisper")
"""
    plugins = acme(site, "reg_transform", text)
    assert plugins.transforms["shout"].doc == "Upper case."
    assert problems(plugins) == [
        "plugin acme (leadbridge-acme 1.2) registers a transform named None; "
        "a name is of a-z, 0-9, - and _; it is skipped"
    ]


def test_commands_are_imported_when_called(site: Path) -> None:
    plugins = acme(
        site,
        "reg_command",
        "leadbridge_register_commands(register): register('acme', 'reg_command_app:app', 'Do as acme does.')",
        reg_command_app="app = 'the app'",
    )
    assert plugins.commands["acme"] == Command("reg_command_app:app", "Do as acme does.")
    assert "reg_command_app" not in sys.modules
    assert plugins.command("acme") == "the app"


def test_a_command_that_cannot_be_imported(site: Path) -> None:
    plugins = acme(
        site, "reg_gone", "leadbridge_register_commands(register): register('acme', 'reg_gone_app:app', help='Acme.')"
    )
    with pytest.raises(UsageError) as error:
        plugins.command("acme")
    assert str(error.value) == (
        "command 'acme' of plugin acme (leadbridge-acme 1.2) cannot be imported: "
        "ModuleNotFoundError: No module named 'reg_gone_app'; mend or reinstall it"
    )
