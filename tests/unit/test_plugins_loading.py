"""Plugins are loaded one at a time; each fault names its culprit, and the rest work."""

from __future__ import annotations

from pathlib import Path

import pytest
from fake_distribution import install

from leadbridge.plugins import Plugins, load_plugins

GOOD = """
    from leadbridge import hookimpl

    @hookimpl
    def leadbridge_register_providers(register):
        register("good", "no_such_module:Good")
"""
IMPORTED = "from leadbridge import hookimpl\n"

BUNDLED = sorted(
    ["builtin", *(file.parent.name for file in Path(__file__).parents[2].glob("plugins/*/pyproject.toml"))]
)


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of distributions that holds one good plugin."""
    monkeypatch.syspath_prepend(tmp_path)
    install(tmp_path, "leadbridge-good", "1.0", {"good": "lb_good"}, {"lb_good": GOOD})
    return tmp_path


def problems(plugins: Plugins) -> list[str]:
    return [str(problem) for problem in plugins.problems]


def acme(site: Path, module: str, text: str) -> list[str]:
    """The problems that a plugin of this text makes; the good one must work beside it."""
    install(site, "leadbridge-acme", "1.2", {"acme": module}, {module: text})
    plugins = load_plugins()
    assert "good" in plugins.providers
    return problems(plugins)


def test_the_projects_own_plugins_work() -> None:
    plugins = load_plugins()
    assert problems(plugins) == []
    assert [loaded.origin.plugin for loaded in plugins.loaded] == BUNDLED
    assert {loaded.origin.distribution for loaded in plugins.loaded} == {"leadbridge"}
    assert "memory" in plugins.providers


def test_a_good_plugin_is_loaded(site: Path) -> None:
    plugins = load_plugins()
    (good,) = (loaded for loaded in plugins.loaded if loaded.origin.plugin == "good")
    assert str(good.origin) == "plugin good (leadbridge-good 1.0)"
    assert (good.hooks, good.providers) == (("leadbridge_register_providers",), ("good",))
    assert problems(plugins) == []


@pytest.mark.parametrize(
    ("module", "text", "said"),
    [
        (
            "lb_none",
            "import acmelib_that_is_not_there",
            "ModuleNotFoundError: No module named 'acmelib_that_is_not_there'",
        ),
        ("lb_raise", "raise RuntimeError('first line\\nsecond line')", "RuntimeError: first line second line"),
        ("lb_exit", "raise SystemExit", "SystemExit"),
        ("lb_syntax", "def f(:", "SyntaxError: invalid syntax (lb_syntax.py, line 1)"),
        ("lb_base", "class Odd(BaseException): pass\nraise Odd('odd')", "Odd: odd"),
    ],
)
def test_one_that_cannot_be_imported(site: Path, module: str, text: str, said: str) -> None:
    assert acme(site, module, text) == [f"plugin acme (leadbridge-acme 1.2) cannot be imported and is skipped: {said}"]


def test_an_interrupt_is_the_persons_own(site: Path) -> None:
    install(site, "leadbridge-acme", "1.2", {"acme": "lb_ctrl_c"}, {"lb_ctrl_c": "raise KeyboardInterrupt"})
    with pytest.raises(KeyboardInterrupt):
        load_plugins()


def test_an_entry_point_to_nothing(site: Path) -> None:
    install(site, "leadbridge-acme", "1.2", {"acme": "lb_nil:plugin"}, {"lb_nil": "plugin = None"})
    assert problems(load_plugins()) == [
        "plugin acme (leadbridge-acme 1.2) is skipped: its entry point 'lb_nil:plugin' leads to None"
    ]


@pytest.mark.parametrize(
    ("module", "text", "said"),
    [
        (
            "lb_typo",
            "@hookimpl\ndef leadbridge_scoer(batch): return []",
            "leadbridge_scoer is not a hook (did you mean 'leadbridge_score'?)",
        ),
        ("lb_strange", "@hookimpl\ndef weather(): pass", "weather is not a hook"),
        ("lb_unmarked", "def leadbridge_score(batch): return []", "leadbridge_score is not marked with @hookimpl"),
        (
            "lb_unmarked_typo",
            "def leadbridge_dedup(pairs): return []",
            "leadbridge_dedup is not a hook (did you mean 'leadbridge_dedupe'?)",
        ),
        (
            "lb_args",
            "@hookimpl\ndef leadbridge_score(records): return []",
            "leadbridge_score takes (batch), not (records)",
        ),
        (
            "lb_wrapper",
            "@hookimpl(wrapper=True)\ndef leadbridge_score(batch):\n    return (yield)",
            "leadbridge_score is a wrapper; only plain hooks are called",
        ),
        (
            "lb_two",
            "@hookimpl\ndef leadbridge_score(x): return []\n@hookimpl\ndef leadbridge_convert(y): return []",
            "leadbridge_convert takes (requests), not (y); leadbridge_score takes (batch), not (x)",
        ),
    ],
)
def test_one_with_a_wrong_hook(site: Path, module: str, text: str, said: str) -> None:
    assert acme(site, module, IMPORTED + text) == [f"plugin acme (leadbridge-acme 1.2) is skipped: {said}"]


def test_a_hook_may_take_fewer_arguments_and_another_name(site: Path) -> None:
    text = IMPORTED + "@hookimpl(specname='leadbridge_score')\ndef points(): return []\n\nleadbridge_answer = 42\n"
    assert acme(site, "lb_fewer", text) == []


def test_of_two_plugins_with_one_name_the_second_is_skipped(site: Path) -> None:
    install(site, "leadbridge-better", "9", {"good": "lb_better"}, {"lb_better": GOOD.replace('"good"', '"better"')})
    plugins = load_plugins()
    assert ("better" in plugins.providers, "good" in plugins.providers) == (True, False)
    assert problems(plugins) == [
        "plugin good (leadbridge-good 1.0) is skipped: leadbridge-better 9 already brings a plugin of this name; "
        "uninstall one of the two"
    ]


def test_the_projects_own_plugin_keeps_its_name(site: Path) -> None:
    install(site, "a-distribution", "1", {"builtin": "lb_usurper"}, {"lb_usurper": GOOD})
    plugins = load_plugins()
    assert "memory" in plugins.providers
    assert [p for p in problems(plugins) if "usurper" in p or "a-distribution" in p] == [
        "plugin builtin (a-distribution 1) is skipped: leadbridge 0.1.0.dev0 already brings a plugin of this name; "
        "uninstall one of the two"
    ]


def test_one_module_under_two_names_is_loaded_once(site: Path) -> None:
    install(site, "leadbridge-acme", "1.2", {"one": "lb_once", "two": "lb_once"}, {"lb_once": IMPORTED})
    plugins = load_plugins()
    assert "one" in [loaded.origin.plugin for loaded in plugins.loaded]
    (problem,) = problems(plugins)
    assert problem.startswith("plugin two (leadbridge-acme 1.2) is skipped: ")
    assert "already registered under a different name" in problem


def test_unreadable_metadata_stop_only_their_own(site: Path) -> None:
    install(site, "leadbridge-torn", "3", {"torn": "lb_torn"}, {"lb_torn": ""})
    (site / "leadbridge_torn-3.dist-info" / "entry_points.txt").write_text("[leadbridge]\nno equals sign\n")
    plugins = load_plugins()
    assert {"good", "memory"} <= set(plugins.providers)
    (problem,) = problems(plugins)
    assert problem.startswith("plugin of unknown name (leadbridge-torn 3) is skipped: its metadata cannot be read: ")


def test_hooks_are_called_by_priority_then_name(site: Path) -> None:
    marks = {
        "zeta": "tryfirst=True",
        "alpha": "tryfirst=True",
        "mid": "",
        "beta": "",
        "early": "trylast=True",
        "last": "trylast=True",
    }
    for name, mark in marks.items():
        text = f"{IMPORTED}@hookimpl({mark})\ndef leadbridge_convert(requests): return []\n"
        install(site, f"leadbridge-{name}", "1", {name: f"lb_order_{name}"}, {f"lb_order_{name}": text})
    calls = load_plugins()._calls("leadbridge_convert")
    assert [c.origin.plugin for c in calls if c.origin.plugin in marks] == [
        "alpha",
        "zeta",
        "beta",
        "mid",
        "early",
        "last",
    ]


def test_an_included_object_must_be_faultless() -> None:
    class Scorer:
        def leadbridge_score(self, batch: object) -> list[object]:
            return []

    with pytest.raises(TypeError, match="plugin Scorer is skipped: leadbridge_score is not marked with @hookimpl"):
        load_plugins([Scorer()])
