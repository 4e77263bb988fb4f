"""``leadbridge plugins`` as a person runs it: the list, its warnings, and a new plugin that shows up in it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from fake_distribution import install

from leadbridge.scaffold import Names, generate

BUNDLED = sorted(
    ["builtin", *(file.parent.name for file in Path(__file__).parents[2].glob("plugins/*/pyproject.toml"))]
)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "site").mkdir()
    return tmp_path / "site"


def leadbridge(site: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(site)}
    command = [sys.executable, "-m", "leadbridge", *arguments]
    return subprocess.run(command, cwd=site.parent, env=environment, capture_output=True, encoding="utf-8", check=False)


def test_the_list(site: Path) -> None:
    done = leadbridge(site, "plugins", "list")
    assert (done.returncode, done.stderr) == (0, "")
    header, *rows = done.stdout.splitlines()
    assert header.split() == ["PLUGIN", "FROM", "PROVIDERS", "SANDBOXES", "TRANSFORMS", "COMMANDS", "HOOKS"]
    assert [row.split()[0] for row in rows] == BUNDLED
    assert "memory" in rows[0]


def test_a_broken_plugin_is_a_warning_and_the_rest_work(site: Path) -> None:
    install(site, "leadbridge-acme", "1.2", {"acme": "lb_acme"}, {"lb_acme": "import acmelib_that_is_not_there"})
    done = leadbridge(site, "plugins", "list")
    assert done.returncode == 0
    assert done.stderr == (
        "warning: plugin acme (leadbridge-acme 1.2) cannot be imported and is skipped: "
        "ModuleNotFoundError: No module named 'acmelib_that_is_not_there'\n"
    )
    assert [row.split()[0] for row in done.stdout.splitlines()[1:]] == BUNDLED


def test_the_list_as_one_document(site: Path) -> None:
    install(site, "leadbridge-acme", "1.2", {"acme": "lb_acme"}, {"lb_acme": "def leadbridge_scor(batch): pass"})
    done = leadbridge(site, "plugins", "list", "--json")
    document = json.loads(done.stdout)
    assert document["problems"] == [
        {
            "plugin": "acme",
            "distribution": "leadbridge-acme",
            "version": "1.2",
            "text": "is skipped: leadbridge_scor is not a hook (did you mean 'leadbridge_score'?)",
        }
    ]
    assert [plugin["plugin"] for plugin in document["plugins"]] == BUNDLED
    assert "memory" in document["plugins"][0]["providers"]


def test_a_command_that_leadbridge_has_itself(site: Path) -> None:
    text = """
        from leadbridge import hookimpl

        @hookimpl
        def leadbridge_register_commands(register):
            register("plan", "lb_plan:app", "Plan otherwise.")
            register("acme", "lb_acme_app:app", "Do as acme does.")
    """
    app = "import typer\napp = typer.Typer()\n@app.command()\ndef run(): print('acme did')\n"
    install(site, "leadbridge-acme", "1.2", {"acme": "lb_acme"}, {"lb_acme": text, "lb_acme_app": app})
    assert leadbridge(site, "plugins", "list").stderr == (
        "warning: plugin acme (leadbridge-acme 1.2) registers command 'plan', which LeadBridge has itself; "
        "it is skipped\n"
    )
    assert leadbridge(site, "acme").stdout == "acme did\n"
    assert "Do as acme does." in leadbridge(site, "--help").stdout


def test_a_new_plugin_is_listed_once_installed(site: Path) -> None:
    """The installer is played by hand: the generated package on the path, and its metadata beside it."""
    done = leadbridge(site, "plugins", "new", "My_CRM", "--dir", str(site))
    assert (done.returncode, done.stderr) == (0, "")
    install(site, "leadbridge-my-crm", "0.1.0", {"my-crm": "leadbridge_my_crm"}, {})
    listed = json.loads(leadbridge(site, "plugins", "list", "--json").stdout)
    assert listed["problems"] == []
    (mine,) = (plugin for plugin in listed["plugins"] if plugin["distribution"] == "leadbridge-my-crm")
    assert (mine["plugin"], mine["providers"]) == ("my-crm", ["my-crm"])


def test_new_says_what_to_do_next(site: Path) -> None:
    done = leadbridge(site, "plugins", "new", "acme")
    assert done.returncode == 0
    assert done.stdout.splitlines() == [
        "leadbridge-acme holds a provider plugin that works as it is. Next:",
        "  cd leadbridge-acme",
        "  pip install -e . pytest",
        "  python -m pytest",
    ]
    assert (site.parent / "leadbridge-acme" / "leadbridge_acme" / "provider.py").is_file()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["memory"], "there is a plugin or provider 'memory' already; choose another name\n"),
        (["builtin"], "there is a plugin or provider 'builtin' already; choose another name\n"),
        (["acme", "--dir", "site"], "site is there and not empty; name another folder with --dir\n"),
        (
            ["../acme"],
            "'../acme' cannot name a plugin; take up to 40 of a-z, 0-9 and single hyphens, "
            "beginning with a letter, such as my-crm\n",
        ),
    ],
)
def test_what_new_refuses(site: Path, arguments: list[str], said: str) -> None:
    generate(Names("other"), site)
    done = leadbridge(site, "plugins", "new", *arguments)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", said)
