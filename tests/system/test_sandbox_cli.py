"""``leadbridge sandbox up``, as a process that somebody starts and stops."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest

NO_SIGNALS = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")


def up(*arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "leadbridge", "sandbox", "up", *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def asked(url: str, path: str, token: str = "") -> tuple[int, object]:
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=20)
    connection.request("GET", path, headers={"Authorization": f"Bearer {token}"})
    reply = connection.getresponse()
    status, told = reply.status, json.loads(reply.read())
    connection.close()
    return status, told


def waiting(url: str) -> object:
    """Faults that have not struck yet."""
    _, told = asked(url, "/_sandbox/")
    assert isinstance(told, dict)
    return told["faults"]


@NO_SIGNALS
def test_two_crms_beside_each_other() -> None:
    process = up("hubspot", "salesforce", "--json", "--leads", "7")
    assert process.stdout
    found = json.loads(process.stdout.readline())
    portal, org = found["hubspot"], found["salesforce"]
    status, told = asked(portal["url"], "/crm/v3/objects/contacts?limit=100", portal["token"])
    assert status == 200
    assert isinstance(told, dict)
    assert len(told["results"]) == 7
    assert asked(org["url"], "/services/data/v67.0/limits", org["token"])[0] == 200
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=20)
    assert (process.returncode, out, err) == (0, "", "Stop with Ctrl-C.\n")


@NO_SIGNALS
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_until_it_is_stopped(number: int) -> None:
    process = up("salesforce", "--json", "--leads", "7", "--switch", "page_size=5", "--faults", "3")
    assert process.stdout
    found = json.loads(process.stdout.readline())["salesforce"]
    assert sorted(found) == ["control", "token", "url"]
    status, told = asked(found["url"], "/_sandbox/")
    assert status == 200
    assert isinstance(told, dict)
    assert told["switches"]["page_size"] == 5
    process.send_signal(number)
    out, err = process.communicate(timeout=20)
    assert (process.returncode, out, err) == (0, "", "Stop with Ctrl-C.\n")


@NO_SIGNALS
def test_it_is_stopped_while_it_is_slow() -> None:
    process = up("salesforce", "--json", "--seed", "empty")
    assert process.stdout
    found = json.loads(process.stdout.readline())["salesforce"]
    connection = http.client.HTTPConnection(urlsplit(found["url"]).netloc, timeout=20)
    slow = json.dumps({"kind": "slow", "seconds": 600})
    connection.request("POST", "/_sandbox/faults", slow, {"Content-Type": "application/json"})
    connection.getresponse().read()
    connection.request("GET", "/services/data/")
    while waiting(found["url"]):
        time.sleep(0.05)
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=20)
    assert (process.returncode, out, err) == (0, "", "Stop with Ctrl-C.\n")
    connection.close()


@NO_SIGNALS
def test_for_people_it_prints_lines(tmp_path: Path) -> None:
    process = up("salesforce", "--seed", "empty", "--tls", str(tmp_path / "ca"), "--file", str(tmp_path / "org.db"))
    assert process.stdout
    lines = [process.stdout.readline() for _ in range(4)]
    assert [line.split(": ")[0] for line in lines] == [
        f"salesforce {name}" for name in ("url", "token", "control", "ca")
    ]
    assert lines[0].split(": ")[1].startswith("https://localhost:")
    assert (tmp_path / "ca" / "sandbox-ca.pem").is_file()
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=20)
    assert process.returncode == 0
    assert (tmp_path / "org.db").is_file()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["pipedrive"], "there is no sandbox 'pipedrive'"),
        (["salesforce", "--seed", "spring"], "there is no seed 'spring'"),
        (["salesforce", "--switch", "page_size"], "--switch 'page_size' is not NAME=VALUE"),
        (["salesforce", "--switch", "page_size=many"], "switch page_size takes a whole number"),
        (["salesforce", "salesforce", "--file", "x.db"], "--file is for one CRM"),
    ],
)
def test_what_cannot_be_started_is_one_sentence(arguments: list[str], said: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "leadbridge", "sandbox", "up", *arguments]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_a_machine_without_the_extra_is_told_so(tmp_path: Path) -> None:
    (tmp_path / "uvicorn.py").write_text("raise ModuleNotFoundError(\"No module named 'uvicorn'\", name='uvicorn')\n")
    command = [sys.executable, "-m", "leadbridge", "sandbox", "up", "salesforce"]
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert done.stderr == "sandboxes need uvicorn; install it with: pip install 'leadbridge[sandbox]'\n"
