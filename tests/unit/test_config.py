"""`leadbridge.yaml`: what it says, and every fault in it at once, where it stands."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from configuring import ROLES, OnlyCrm, project

from leadbridge.config import Config, ConvertJob, Limit, Precedence, SyncJob, load_config
from leadbridge.errors import FileFaults, UsageError

FULL = """\
state: sqlite:///.leadbridge/state.db
mappings: mappings/
connections:
  sf: {provider: crm, domain: acme.my, client_id: "${env:SF_ID}", token: "${env:SF_SECRET}"}
  hs: {provider: crm, token: "${keyring:hubspot/acme}"}
  fair: {provider: crm}
jobs:
  people:
    sync: [sf, hs]
    roles: [lead, contact, account]
    every: "*/15 * * * *"
    unattended: true
    first: prefer
    fields: {default: {prefer: [sf, hs]}, phone: {owner: sf}, opted_out_of_email: restrictive}
    create_as: "account_known ? 'contact' : 'lead'"
    brakes: {delete: 2%, create: 500, group: 20, canary: {sf: 00Q1, hs: "101"}}
    recheck_after: 5m
  import-fair: {sync: [fair, sf], direction: one_way, roles: [lead], where: "score > 1"}
  convert: {convert: [sf, hs], policy: convert.yaml, where: "score >= 60", into: fair}
"""


def loaded(folder: Path, text: str) -> Config:
    return load_config(project(folder / "p", text), OnlyCrm(), ROLES)


def faults(folder: Path, text: str) -> list[str]:
    with pytest.raises(FileFaults) as caught:
        loaded(folder, text)
    file = folder / "p" / "leadbridge.yaml"
    return [str(fault).removeprefix(f"{file}:") for fault in caught.value.faults]


def job_faults(folder: Path, job: str) -> list[str]:
    return faults(folder, f"connections: {{sf: {{provider: crm}}, hs: {{provider: crm}}}}\njobs:\n  j: {job}\n")


def test_everything_it_says(tmp_path: Path) -> None:
    config = loaded(tmp_path, FULL)
    people, fair, convert = (config.job(name) for name in ("people", "import-fair", "convert"))
    assert config.state == "sqlite:///.leadbridge/state.db"
    assert config.mappings == (tmp_path / "p" / "mappings").resolve()
    assert list(config.connections) == ["sf", "hs", "fair"]
    assert isinstance(people, SyncJob)
    assert people.sync == people.connections == ("sf", "hs")
    assert people.fields == {
        "default": Precedence(prefer=("sf", "hs")),
        "phone": Precedence(owner="sf"),
        "opted_out_of_email": "restrictive",
    }
    assert people.brakes.delete == Limit(share=Decimal("0.02"))
    assert people.brakes.create == Limit(count=500)
    assert people.brakes.update is None
    assert people.brakes.canary == {"sf": "00Q1", "hs": "101"}
    assert people.recheck_after == timedelta(minutes=5)
    assert isinstance(fair, SyncJob)
    assert (fair.direction, fair.first, fair.unattended, fair.recheck_after) == (
        "one_way",
        "ask",
        False,
        timedelta(seconds=60),
    )
    assert isinstance(convert, ConvertJob)
    assert convert.connections == ("sf", "hs", "fair")


def test_little_is_needed(tmp_path: Path) -> None:
    config = loaded(tmp_path, "connections: {}\n")
    assert config.state == "sqlite:///.leadbridge/state.db"
    assert (config.connections, config.jobs) == ({}, {})


def test_ten_faults_of_one_file(tmp_path: Path) -> None:
    text = """\
state: mysql://root@db
conections: {}
connections:
  sf: {provider: crm, domian: acme, port: many}
  Hs: {provider: cmr}
jobs:
  people:
    sync: [sf, hs]
    roles: [led]
    evry: "* * * * *"
    first: prefr
  convert: {convert: [sf], policy: convrt.yaml}
"""
    assert faults(tmp_path, text) == [
        "1:8: state: must begin with sqlite:/// or postgresql+psycopg://",
        "2:1: conections: unknown key",
        "4:23: connections.sf.domian: unknown key (did you mean 'domain'?)",
        "4:43: connections.sf.port: must be a whole number",
        "5:3: connections.Hs: a name begins with a-z, followed by a-z, 0-9, - and _, 63 characters at most",
        "5:18: connections.Hs.provider: there is no provider 'cmr' (did you mean 'crm'?)",
        "8:16: jobs.people.sync[1]: there is no connection 'hs' in this file (did you mean 'Hs'?)",
        "9:13: jobs.people.roles[0]: must be one of lead, contact, account (did you mean 'lead'?)",
        "10:5: jobs.people.evry: unknown key (did you mean 'every'?)",
        "11:12: jobs.people.first: must be one of prefer, ask (did you mean 'prefer'?)",
        "12:36: jobs.convert.policy: there is no file 'convrt.yaml' in the mappings folder"
        f" {tmp_path}/p/mappings (did you mean 'convert.yaml'?)",
    ]


@pytest.mark.parametrize(
    ("job", "expected"),
    [
        ("{sync: [sf]}", ["3:13: jobs.j.sync: must hold at least 2 items"]),
        ("{convert: [], policy: convert.yaml}", ["3:16: jobs.j.convert: must hold at least 1 item"]),
        ("{sync: sf}", ["3:13: jobs.j.sync: must be a list"]),
        ("{sync: [sf, sf]}", ["3:18: jobs.j.sync[1]: 'sf' is named twice"]),
        ("{convert: [sf]}", ["3:3: jobs.j: needs the key `policy`"]),
        ("{roles: [lead]}", ["3:3: jobs.j: needs the key `sync` or `convert`"]),
        (
            "{snyc: [sf, hs]}",
            [
                "3:3: jobs.j: needs the key `sync` or `convert`",
                "3:7: jobs.j.snyc: unknown key (did you mean 'sync'?)",
            ],
        ),
        ("{sync: [sf, hs], convert: [sf]}", ["3:23: jobs.j.convert: a job has either `sync` or `convert`, not both"]),
        (
            "{sync: [sf, hs], policy: convert.yaml}",
            ["3:23: jobs.j.policy: belongs to a convert job; this is a sync job"],
        ),
        (
            "{convert: [sf], policy: convert.yaml, first: ask}",
            ["3:44: jobs.j.first: belongs to a sync job; this is a convert job"],
        ),
        (
            "{convert: [sf], policy: ../convert.yaml}",
            ["3:30: jobs.j.policy: must be the name of a file in the mappings folder, without a path"],
        ),
        (
            "{convert: [sf], policy: convert.yaml, into: hss}",
            ["3:50: jobs.j.into: there is no connection 'hss' in this file (did you mean 'hs'?)"],
        ),
        (
            "{sync: [sf, hs], fields: {a: {ownr: sf}}}",
            ["3:36: jobs.j.fields.a.ownr: unknown key (did you mean 'owner'?)"],
        ),
        (
            "{sync: [sf, hs], fields: {a: {}}}",
            ["3:35: jobs.j.fields.a: needs exactly one of the keys `prefer` and `owner`"],
        ),
        (
            "{sync: [sf, hs], fields: {a: restrict}}",
            [
                "3:35: jobs.j.fields.a: must be one of restrictive, newest, fill_blank, longest, min, max, union, ask"
                " (did you mean 'restrictive'?)"
            ],
        ),
        (
            "{sync: [sf, hs], fields: {a: {prefer: [sf, fair, sf]}, b: {owner: sff}}}",
            [
                "3:49: jobs.j.fields.a.prefer[1]: 'fair' is no connection of this job",
                "3:55: jobs.j.fields.a.prefer[2]: 'sf' is named twice",
                "3:72: jobs.j.fields.b.owner: 'sff' is no connection of this job (did you mean 'sf'?)",
            ],
        ),
        (
            "{sync: [sf, hs], brakes: {canary: {sf: 101, hs2: x}}}",
            [
                "3:45: jobs.j.brakes.canary.sf: must be text (put it in quotes)",
                "3:50: jobs.j.brakes.canary.hs2: 'hs2' is no connection of this job (did you mean 'hs'?)",
            ],
        ),
        (
            "{sync: [sf, hs], brakes: {convert: 5}}",
            ["3:31: jobs.j.brakes: `convert` limits a job that converts; this one syncs: leave it out"],
        ),
        (
            "{sync: [sf, hs], brakes: {delete: 200%}}",
            ["3:40: jobs.j.brakes.delete: must be a share such as `2%`, or a whole number of records"],
        ),
        ("{sync: [sf, hs], unattended: yes}", ["3:35: jobs.j.unattended: must be true or false"]),
        ("{sync: [sf, hs], where: ''}", ["3:30: jobs.j.where: must not be blank"]),
        ("[sf, hs]", ["3:6: jobs.j: must be a mapping"]),
    ],
)
def test_a_fault_in_a_job(tmp_path: Path, job: str, expected: list[str]) -> None:
    assert job_faults(tmp_path, job) == expected


@pytest.mark.parametrize(
    ("connection", "expected"),
    [
        ("{}", ["2:3: connections.c: needs the key `provider`"]),
        ("{provider: 3}", ["2:17: connections.c.provider: must be text"]),
        ("text", ["2:6: connections.c: must be a mapping"]),
        (
            "{provider: crm, token: hunter2}",
            [
                "2:29: connections.c.token: a secret must not stand in this file; write it by reference:"
                " `${env:NAME}`, `${keyring:service/user}` or `${file:path}`"
            ],
        ),
        (
            "{provider: crm, proxy: {host: h, password: hunter2}}",
            [
                "2:49: connections.c.proxy.password: a secret must not stand in this file; write it by reference:"
                " `${env:NAME}`, `${keyring:service/user}` or `${file:path}`"
            ],
        ),
        (
            "{provider: crm, labels: ['${vault:x}']}",
            [
                "2:31: connections.c.labels[0]: this is no reference to a secret; write"
                " `${env:NAME}`, `${keyring:service/user}` or `${file:path}`"
            ],
        ),
        (
            "{provider: crm, tokn: '${env:TOKEN}'}",
            ["2:22: connections.c.tokn: unknown key (did you mean 'token'?)"],
        ),
        ("{provider: crm, domain: a/b}", ["2:30: connections.c.domain: 'a/b' is no domain"]),
        ("{provider: crm, proxy: {}}", ["2:22: connections.c.proxy: needs the key `host`"]),
    ],
)
def test_a_fault_in_a_connection(tmp_path: Path, connection: str, expected: list[str]) -> None:
    assert faults(tmp_path, f"connections:\n  c: {connection}\n") == expected


def test_what_a_reference_gives_is_not_judged_before_it_is_known(tmp_path: Path) -> None:
    config = loaded(tmp_path, "connections: {c: {provider: crm, port: '${env:PORT}', domain: '${file:a/b}'}}\n")
    assert config.connection("c").provider == "crm"


@pytest.mark.parametrize(
    ("mappings", "expected"),
    [
        (
            "../elsewhere",
            "1:11: mappings: '../elsewhere' leaves the project folder {p};"
            " move what it names into the folder and write its path from there",
        ),
        (
            "nowhere",
            "1:11: mappings: the folder {p}/nowhere is not there; create it, or name another as `mappings:`",
        ),
    ],
)
def test_the_mappings_folder(tmp_path: Path, mappings: str, expected: str) -> None:
    assert faults(tmp_path, f"mappings: {mappings}\n") == [expected.format(p=tmp_path / "p")]


def test_names_that_are_not_there(tmp_path: Path) -> None:
    config = loaded(tmp_path, FULL)
    file = config.document.file
    with pytest.raises(UsageError) as caught:
        config.job("peple")
    assert (
        str(caught.value)
        == f"there is no job 'peple' in {file} (did you mean 'people'?); there are: people, import-fair, convert"
    )
    with pytest.raises(UsageError) as caught:
        config.connection("zoho")
    assert str(caught.value) == f"there is no connection 'zoho' in {file}; there are: sf, hs, fair"


def test_a_printed_configuration_holds_no_settings(tmp_path: Path) -> None:
    text = FULL.replace("sqlite:///.leadbridge/state.db", "postgresql+psycopg://u:hunter2@db/x")
    assert "hunter2" not in repr(loaded(tmp_path, text))
    assert "acme.my" not in repr(loaded(tmp_path / "again", text))
