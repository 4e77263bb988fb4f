"""The provider's conversions where an org would convert a lead twice, and where the reply is lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from leadbridge_salesforce.provider import SalesforceProvider
from salesforce_org import OrgHarness

from leadbridge.conversions import ConvertRequest
from leadbridge.errors import UncertainError
from leadbridge.records import Ref


@pytest.fixture(params=[False, True], ids=["refused twice", "converted twice"])
def org(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[OrgHarness]:
    made = OrgHarness(tmp_path, convert_twice=request.param)
    yield made
    made.close()


@pytest.fixture
def sf(org: OrgHarness) -> Iterator[SalesforceProvider]:
    made = org.connect()
    made.describe()
    yield made
    made.close()


def asked(org: OrgHarness) -> ConvertRequest:
    lead = org.create(org.sample(1))
    return ConvertRequest(1, Ref("sf", "Lead", lead), frozenset({"account", "contact"}))


def test_what_is_converted_is_not_converted_again(org: OrgHarness, sf: SalesforceProvider) -> None:
    request = asked(org)
    (first,), (second,) = sf.convert([request]), sf.convert([request])
    assert (first.state, second.state) == ("done", "rejected")
    assert second.reject is not None
    assert second.reject.code == "converted"
    assert len(org.rows("Account")) == len(org.rows("Contact")) == 1


def test_a_reply_that_is_lost_after_the_commit(org: OrgHarness, sf: SalesforceProvider) -> None:
    request = asked(org)
    org.fault("drop_after", path="/services/Soap", body="convertLead")
    with pytest.raises(UncertainError):
        sf.convert([request])
    (became,) = sf.converted([request.lead])
    assert became is not None
    (again,) = sf.convert([request])
    assert again.state == "rejected"
    (account,) = org.rows("Account")
    assert became["account"].id == account["Id"]
