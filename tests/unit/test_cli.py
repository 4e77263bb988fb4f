from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from fake_distribution import install

from leadbridge import __version__
from leadbridge.cli import app, main
from leadbridge.cli.options import Verbose
from leadbridge.errors import BusyError, ConnectionFailedError, Fault, FileFaults, StoppedError, UsageError


def run(*arguments: str, **options) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "leadbridge", *arguments]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False, timeout=60, **options)


@pytest.fixture
def fails(monkeypatch):
    """Let ``leadbridge leads`` fail in a given way."""

    def arrange(error):
        broken = typer.Typer()

        @broken.command()
        def fail(verbose: Verbose = 0):
            raise error

        monkeypatch.setattr(app, "_imported", lambda location: broken)

    return arrange


def test_help_lists_every_command_in_one_line(capsys):
    assert main(["--help"]) == 0
    out = capsys.readouterr().out
    for name, command in app.COMMANDS.items():
        assert f"  {name.ljust(max(map(len, app.COMMANDS)))}  {command.help}\n" in out


def test_help_imports_nothing_heavy():
    program = "import sys; from leadbridge.cli import main; main(['--help']); print(*sys.modules, file=sys.stderr)"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stderr.split()
    assert {"typer", "pluggy"} < set(loaded)
    heavy = {
        "pydantic",
        "rich",
        "cel",
        "phonenumbers",
        "pycountry",
        "babel",
        "ruamel.yaml",
        "tldextract",
        "typer.rich_utils",
    }
    assert heavy & set(loaded) == set()


@pytest.mark.parametrize("name", sorted(app.COMMANDS))
def test_every_command_of_the_list_is_there_and_takes_the_common_options(name, capsys):
    assert main([name, "--help"]) == 0
    out = capsys.readouterr().out
    options = ("--config", "--json", "--quiet", "--verbose")
    assert "\nCommands:\n" in out or all(option in out for option in options)


@pytest.mark.parametrize("name", ["mappings", "plugins"])
def test_help_of_a_group_is_not_cut_off_at_80_columns(name, monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "80")
    assert main([name, "--help"]) == 0
    lines = capsys.readouterr().out.partition("\nCommands:\n")[2].splitlines()
    assert lines
    assert [line for line in lines if line.endswith("...")] == []


def test_version(capsys):
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"leadbridge {__version__}\n"


def test_no_arguments_is_help_and_usage(capsys):
    assert main([]) == 2
    assert "Usage: leadbridge" in "".join(capsys.readouterr())


def test_an_unknown_command_is_usage_with_a_suggestion(capsys):
    assert main(["leeds"]) == 2
    assert "Error: No such command 'leeds' (did you mean 'leads'?)." in capsys.readouterr().err


def test_an_unknown_option_is_usage(capsys):
    assert main(["leads", "--colour"]) == 2
    assert "No such option: --colour" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (UsageError("wrong"), 2),
        (StoppedError("wrong"), 3),
        (ConnectionFailedError("crm", "wrong"), 4),
        (BusyError("wrong"), 5),
    ],
)
def test_an_expected_failure_is_one_sentence_and_its_status(fails, capsys, error, status):
    fails(error)
    assert main(["leads"]) == status
    assert capsys.readouterr() == ("", "wrong\n")


def test_every_fault_of_a_file_has_a_line_of_its_own(fails, capsys):
    fails(FileFaults([Fault(Path("b.yaml"), 2, 1, "x", "wrong", "y"), Fault(Path("a.yaml"), 9, 3, "", "worse")]))
    assert main(["leads"]) == 2
    assert capsys.readouterr().err == "a.yaml:9:3: worse\nb.yaml:2:1: x: wrong (did you mean 'y'?)\n"


def test_control_characters_of_a_message_never_reach_the_terminal(fails, capsys):
    fails(UsageError("a file named \x1b[2Jx\u202e is wrong\nsecond line"))
    main(["leads"])
    assert capsys.readouterr().err == "a file named \\x1b[2Jx\\u202e is wrong\nsecond line\n"


def test_a_fault_of_leadbridge_is_one_sentence_without_what_it_held(fails, capsys):
    fails(RuntimeError("ada@reuter.example"))
    assert main(["leads"]) == 70
    assert capsys.readouterr().err == (
        "A fault in LeadBridge itself: RuntimeError. Run the command again with -vv and report what it prints.\n"
    )


def test_the_traceback_comes_on_demand(fails, capsys):
    fails(RuntimeError("inside"))
    assert main(["leads", "-vv"]) == 70
    assert "Traceback" in capsys.readouterr().err


def test_a_traceback_cannot_steer_the_terminal_either(fails, capsys):
    fails(RuntimeError("a column named \x1b[2J"))
    assert main(["leads", "-vv"]) == 70
    assert "RuntimeError: a column named \\x1b[2J\n" in capsys.readouterr().err


def test_an_interrupt_is_one_line(fails, capsys):
    fails(KeyboardInterrupt())
    assert main(["leads"]) == 130
    assert capsys.readouterr().err == "Interrupted; nothing more was done.\n"


def test_a_reader_that_leaves_is_no_fault():
    program = f"{shlex.quote(sys.executable)} -m leadbridge leads --help"
    shell = f"set -o pipefail; {program} | sleep 0; echo $?"  # gone long before anything is printed
    done = subprocess.run(["bash", "-c", shell], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert done.stdout == "141\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_an_output_that_cannot_be_written_is_one_sentence():
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "-m", "leadbridge", "--help"]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (74, "the output cannot be written: No space left on device\n")


def test_a_command_outside_a_project_says_where_it_looked(tmp_path):
    done = run("leads", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("there is no leadbridge.yaml: --config is not given, LEADBRIDGE_CONFIG is not set,")
    assert "Traceback" not in done.stderr


PLUGIN = """
import typer
from leadbridge import hookimpl

app = typer.Typer()

@app.command()
def greet(name: str):
    "Greet somebody."
    print(f"Hello {name}")

@hookimpl
def leadbridge_register_commands(register):
    register("greet", "greeting:app", "Greet somebody.")
    register("leads", "greeting:app", "Take the place of a built-in.")
"""


@pytest.fixture
def greeting(tmp_path, monkeypatch):
    install(tmp_path, "acme-greeting", "1.0", {"greeting": "greeting"}, {"greeting": PLUGIN})
    monkeypatch.syspath_prepend(tmp_path)
    yield
    sys.modules.pop("greeting", None)


@pytest.mark.usefixtures("greeting")
def test_a_plugins_command_is_listed_and_runs(capsys):
    assert main(["--help"]) == 0
    assert "\nCommands of plugins:\n  greet  Greet somebody.\n" in capsys.readouterr().out
    assert main(["greet", "Ada"]) == 0
    assert capsys.readouterr().out == "Hello Ada\n"
    assert main(["gret"]) == 2
    assert "No such command 'gret' (did you mean 'greet'?)." in capsys.readouterr().err


@pytest.mark.usefixtures("greeting")
def test_a_plugin_never_takes_the_place_of_a_built_in_command(capsys):
    main(["leads", "--help"])
    assert "List the leads of your connections" in capsys.readouterr().out
