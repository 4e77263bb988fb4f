from __future__ import annotations

from pathlib import Path

import mapping_files
import pytest

from leadbridge.mapping.project import load_catalogue
from leadbridge.mapping.stages import DEFAULT

NURTURE = """\
kind: stages
stages: [lead, nurture, prospect, customer]
moves: {lead: [nurture, prospect], nurture: [lead, prospect], prospect: [customer, lead]}
"""
LEADS = f"{mapping_files.HEAD}fields: {{email: E-Mail, stage: {{field: Stufe, values: {{nurture: warm}}}}}}\n"


def test_a_project_without_the_file_goes_from_lead_to_prospect_to_customer(tmp_path: Path) -> None:
    stages = mapping_files.load(tmp_path).stages
    assert stages == DEFAULT
    assert stages.order == ("lead", "prospect", "customer")
    assert stages.illegal("lead", "prospect") is None
    assert stages.illegal("lead", "customer") == "lead -> customer is no legal move: only prospect may follow"
    assert stages.illegal("customer", "lead") == "customer -> lead is no legal move: it is a last stage"


def test_own_stages_stand_between_with_their_moves(tmp_path: Path) -> None:
    stages = mapping_files.load(tmp_path, stages=NURTURE).stages
    assert stages.illegal("lead", "nurture") is None
    assert stages.illegal("nurture", "lead") is None
    assert (
        stages.illegal("nurture", "customer")
        == "nurture -> customer is no legal move: only lead or prospect may follow"
    )


@pytest.mark.parametrize("absent", [None, ""])
def test_whoever_has_no_stage_may_get_any_and_a_known_one_is_not_taken_away(absent: str | None) -> None:
    assert DEFAULT.illegal(absent, "customer") is None
    assert DEFAULT.illegal(absent, absent) is None
    assert DEFAULT.illegal("lead", "lead") is None
    assert DEFAULT.illegal("lead", absent) == "a stage is not taken away again, and lead is known"


def test_the_stages_are_the_values_that_mappings_and_policies_may_name(tmp_path: Path) -> None:
    loaded = mapping_files.load(tmp_path, stages=NURTURE, leads=LEADS)
    assert loaded.objects[0].read({"Stufe": "warm"}) == {"stage": "nurture"}
    assert load_catalogue(tmp_path).subjects["person"].fields["stage"].choices == (
        "lead",
        "nurture",
        "prospect",
        "customer",
    )


def test_without_the_file_its_stages_are_unknown(tmp_path: Path) -> None:
    assert mapping_files.faults(tmp_path, leads=LEADS) == [
        "leads.yaml:5:56: fields.stage.values.nurture: 'nurture' is none of its values (lead, prospect, customer)"
    ]


def test_without_moves_each_stage_leads_to_the_next(tmp_path: Path) -> None:
    stages = mapping_files.load(tmp_path, stages="kind: stages\nstages: [lead, nurture, prospect, customer]\n").stages
    assert stages.moves == {"lead": ("nurture",), "nurture": ("prospect",), "prospect": ("customer",)}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "stages: [lead, prospect]",
            ["2:9: stages: 'customer' must be among them, as lead, prospect and customer are everywhere"],
        ),
        ("stages: []", ["2:9: stages: needs the stages, among them lead, prospect and customer"]),
        ("moves: {}", ["1:1: needs the key `stages`"]),
        (
            "stages: [lead, prospect, customer, lead]",
            ["2:36: stages[3]: 'lead' stands here twice"],
        ),
        ("stages: [lead, prospect, ' ', customer]", ["2:26: stages[2]: a stage cannot be blank"]),
        (
            "stages: [lead, prospect, customer]\nmoves: {lead: [prospekt], prospect: [customer]}",
            [
                "2:16: stages[1]: no moves lead from 'lead' to 'prospect'",
                "2:26: stages[2]: no moves lead from 'lead' to 'customer'",
                "3:16: moves.lead[0]: there is no stage 'prospekt' (did you mean 'prospect'?)",
            ],
        ),
        (
            "stages: [lead, prospect, customer]\nmoves: {lead: [prospect, lead], prospect: [customer], custommer: []}",
            [
                "3:26: moves.lead[1]: a stage does not follow itself",
                "3:55: moves.custommer: there is no stage 'custommer' (did you mean 'customer'?)",
            ],
        ),
        (
            "stages: [lead, prospect, customer, lost]\nmoves: {lead: [prospect], prospect: [customer], lost: [lead]}",
            ["2:36: stages[3]: no moves lead from 'lead' to 'lost'"],
        ),
        (
            "stages: [lead, prospect, customer]\nmove: {lead: [prospect]}",
            ["3:1: move: unknown key (did you mean 'moves'?)"],
        ),
    ],
)
def test_what_is_wrong_is_said_where_it_stands(tmp_path: Path, text: str, said: list[str]) -> None:
    assert mapping_files.faults(tmp_path, stages=f"kind: stages\n{text}\n") == [f"stages.yaml:{line}" for line in said]


def test_a_project_has_one_such_file(tmp_path: Path) -> None:
    assert mapping_files.faults(tmp_path, a=NURTURE, b=NURTURE) == [
        "b.yaml:1:7: kind: a.yaml is of kind stages already; a project has one"
    ]
