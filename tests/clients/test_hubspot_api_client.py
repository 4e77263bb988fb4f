"""HubSpot's own client for Python, with its validation on: no key of a reply may be lost in its models."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hubspot import HubSpot
from hubspot.crm.associations.v4 import (
    BatchInputPublicAssociationMultiPost,
    BatchInputPublicFetchAssociationsBatchRequest,
)
from hubspot.crm.contacts import ApiException
from hubspot_served import Client, served_portal

LEADS = 30


class Watched:
    """An API object of the client; what its models make of a reply is held against the reply."""

    def __init__(self, api: Any) -> None:
        self._api = api
        self._client = api.api_client

    def __getattr__(self, name: str) -> Any:
        def call(*told: Any, **named: Any) -> Any:
            result = getattr(self._api, name)(*told, _request_timeout=(3, 30), **named)
            if result is not None:
                raw = self._client.last_response.data
                compare(self._client.deserialize(_Raw(raw), "object"), result, name)
            return result

        return call


class _Raw:
    def __init__(self, data: str) -> None:
        self.data = data


def compare(raw: Any, model: Any, where: str) -> None:
    """Every key of the reply is an attribute of the model, with something in it."""
    if isinstance(raw, list):
        for one, other in zip(raw, model, strict=True):
            compare(one, other, where)
    elif isinstance(raw, dict) and hasattr(model, "attribute_map"):
        names = {told: name for name, told in model.attribute_map.items()}
        assert raw.keys() <= names.keys(), f"{where}: {sorted(raw.keys() - names.keys())} are lost"
        for told, value in raw.items():
            found = getattr(model, names[told])
            assert (found is None) is (value is None), f"{where}: {told}"
            compare(value, found, f"{where}.{told}")
    elif isinstance(raw, dict):
        assert raw.keys() == model.keys(), where


@pytest.fixture
def portal() -> Iterator[Client]:
    with served_portal("demo", LEADS, burst=10_000, search_per_second=1000) as client:
        yield client


@pytest.fixture
def official(portal: Client) -> Any:
    token = portal.sandbox.token
    return HubSpot(access_token=token, host=portal.url, base_url=portal.url, client_side_validation=True)


def test_records(official: Any, portal: Client) -> None:
    basic = Watched(official.crm.contacts.basic_api)
    made = basic.create({"properties": {"email": "zoe@example.com", "firstname": "Zoe"}})
    assert made.properties["email"] == "zoe@example.com"
    changed = basic.update(made.id, {"properties": {"lastname": "Z"}})
    assert changed.updated_at >= made.created_at
    read = basic.get_by_id("zoe@example.com", id_property="email", properties_with_history=["email"])
    assert read.properties_with_history["email"][0].value == "zoe@example.com"
    page = basic.get_page(limit=5, associations=["companies"], properties=["email", "firstname"])
    assert page.results[0].associations["companies"].results[0].type == "contact_to_company"
    assert len(official.crm.contacts.get_all()) == LEADS + 1
    basic.archive(made.id)
    assert [one.id for one in basic.get_page(archived=True).results] == [made.id]
    with pytest.raises(ApiException) as refused:
        basic.create({"properties": {"email": page.results[0].properties["email"]}})
    assert refused.value.status == 409
    lead = Watched(official.crm.objects.leads.basic_api).get_page().results[0]
    assert lead.properties["hs_lead_name"]


def test_batches(official: Any, portal: Client) -> None:
    batch = Watched(official.crm.contacts.batch_api)
    rows = [{"properties": {"email": f"p{n}@example.com"}} for n in range(3)]
    made = batch.create({"inputs": rows})
    ids = [one.id for one in made.results]
    read = batch.read(
        {"inputs": [{"id": one} for one in [*ids, "7"]], "properties": ["email"], "propertiesWithHistory": []}
    )
    assert (read.num_errors, read.errors[0].category) == (1, "OBJECT_NOT_FOUND")
    changed = batch.update({"inputs": [{"id": one, "properties": {"firstname": "X"}} for one in ids]})
    assert {one.properties["firstname"] for one in changed.results} == {"X"}
    upserts = [{"id": "p0@example.com", "idProperty": "email", "properties": {"firstname": "Y"}}]
    assert [one.new for one in batch.upsert({"inputs": upserts}).results] == [False]
    traced = [{"properties": {"email": "bad"}, "objectWriteTraceId": "1"}]
    assert batch.create({"inputs": traced}).errors[0].context["objectWriteTraceId"] == ["1"]
    batch.archive({"inputs": [{"id": one} for one in ids]})
    assert len(official.crm.contacts.get_all()) == LEADS


def test_search(official: Any, portal: Client) -> None:
    search = Watched(official.crm.contacts.search_api)
    filters = [{"propertyName": "lifecyclestage", "operator": "IN", "values": ["lead", "subscriber"]}]
    told = {"filterGroups": [{"filters": filters}], "properties": ["lifecyclestage"], "limit": 3}
    found = search.do_search(told)
    assert found.total > 3
    assert {one.properties["lifecyclestage"] for one in found.results} <= {"lead", "subscriber"}
    assert found.paging.next.after == "3"


def test_associations(official: Any, portal: Client) -> None:
    people = official.crm.contacts.get_all()
    batch = Watched(official.crm.associations.v4.batch_api)
    inputs = BatchInputPublicFetchAssociationsBatchRequest(inputs=[{"id": one.id} for one in people])
    found = batch.get_page("contacts", "companies", batch_input_public_fetch_associations_batch_request=inputs)
    assert len(found.results) == LEADS
    types = {one.type_id: one.label for one in found.results[0].to[0].association_types}
    assert types == {1: "Primary", 279: None}
    firm = official.crm.companies.get_all()[-1].id
    spec = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 1}]
    rows = [{"from": {"id": people[0].id}, "to": {"id": firm}, "types": spec}]
    posts = BatchInputPublicAssociationMultiPost(inputs=rows)
    made = batch.create("contacts", "companies", batch_input_public_association_multi_post=posts)
    assert made.results[0].labels == ["Primary"]
    basic = Watched(official.crm.associations.v4.basic_api)
    assert {one.to_object_id for one in basic.get_page("contacts", people[0].id, "companies").results} >= {firm}
    basic.create_default("contacts", people[1].id, "companies", firm)
    basic.create("contacts", people[1].id, "companies", firm, spec)
    basic.archive("contacts", people[1].id, "companies", firm)


def test_setup_of_the_account(official: Any, portal: Client) -> None:
    core = Watched(official.crm.properties.core_api)
    names = {one.name for one in core.get_all("contacts").results}
    assert {"email", "lifecyclestage", "leadbridge_key"} <= names
    told = {"name": "size", "label": "Size", "type": "string", "fieldType": "text", "groupName": "information"}
    assert core.create("contacts", told).name == "size"
    assert core.update("contacts", "size", {"label": "Extent"}).label == "Extent"
    core.archive("contacts", "size")
    owners = Watched(official.crm.owners.owners_api).get_page(limit=2)
    assert (owners.results[0].user_id, owners.paging.next.after) == (9001, "81002")
    pipelines = Watched(official.crm.pipelines.pipelines_api).get_all("deals").results
    assert pipelines[0].stages[5].metadata == {"isClosed": "true", "probability": "1.0"}


def test_merging_and_signing_in(official: Any, portal: Client) -> None:
    one, other = (person.id for person in official.crm.contacts.get_all()[:2])
    told = {"primaryObjectId": one, "objectIdToMerge": other}
    merged = official.api_request({"method": "POST", "path": "/crm/v3/objects/contacts/merge", "body": told}).json()[
        "id"
    ]
    assert merged not in {one, other}
    app = portal.control("GET", "/app")
    names = ("client_id", "client_secret", "refresh_token")
    granted = Watched(official.oauth.tokens_api).create(
        grant_type="refresh_token", **{name: app[name] for name in names}
    )
    assert granted.expires_in == 1800
    by_oauth = HubSpot(access_token=granted.access_token, host=portal.url, client_side_validation=True)
    assert by_oauth.crm.contacts.basic_api.get_by_id(merged).id == merged
    info = Watched(official.oauth.access_tokens_api).get(granted.access_token)
    assert info.hub_id == app["portal_id"]
    reply = official.api_request({"path": "/account-info/v3/api-usage/daily/private-apps"})
    assert reply.json()["results"][0]["usageLimit"] == 250_000


def test_lists(official: Any, portal: Client) -> None:
    lists, memberships = Watched(official.crm.lists.lists_api), Watched(official.crm.lists.memberships_api)
    made = lists.create({"name": "Fair", "objectTypeId": "0-1", "processingType": "MANUAL"})
    key = made.list.list_id
    people = [one.id for one in official.crm.contacts.get_all()[:3]]
    assert memberships.add(key, [*people, "7"]).records_ids_added == people
    assert [one.record_id for one in memberships.get_page(key, limit=2).results] == people[:2]
    assert lists.get_by_id(key).list.size == 3
    assert lists.get_by_name("Fair", "0-1").list.list_id == key
    assert lists.do_search({"query": "fa", "processingTypes": ["MANUAL"]}).total == 1
