"""How this org behaves where orgs differ, or where nobody knows for sure."""

from __future__ import annotations

from dataclasses import dataclass

from leadbridge.sandbox import Switchboard

FIRST_VERSION = 31
"""API versions below are retired."""

AT_START = frozenset({"key_field", "person_accounts"})
"""Switches that tell how an org is made; afterwards its fields are changed instead."""


@dataclass(frozen=True, slots=True)
class Switches(Switchboard):
    """The positions of all switches.

    Attributes:
        newest_version: the newest API version that is offered.
        jwt_tokens: access tokens are issued in JWT format, as an app can be set to.
        soap_takes_jwt_from: the first API version whose SOAP accepts such a token.
        session_minutes: how long a session lasts without being used.
        rotate_refresh_tokens: a refresh token is good for one use.
        page_size: rows of a query's page at most; Salesforce promises no size.
        daily_calls: API calls within 24 hours.
        app_calls: how many of them the client's app may make, which is told beside the org's; 0 for no such bound.
        longest_address: characters of a request's path and query; 0 for no bound.
        lower_email: e-mail addresses are kept in lower case.
        trim_text: text loses the blanks around it.
        upsert_by_lookup: upsert takes fields marked idLookup, not external ids only.
        repeated_key_refused: of rows with one key in a request none is saved; else the last one counts.
        mixed_chunks: a collection that mixes objects may switch between them ten times at most.
        duplicates_in_collections: a collection's reply tells which records were matched.
        edit_converted: the user may view and edit converted leads.
        key_field: leads, contacts, accounts and opportunities have LeadBridge_Key__c from the start.
        person_accounts: accounts may be people, and a lead without a company becomes one.
        require_validation: the org's *Require Validation for Converted Leads*.
        source_to_account: conversion copies a lead's source to the account it makes.
        label_as_status: convertedStatus takes a status's label as well as its API name.
        short_opportunity_names: opportunityName takes 80 characters, as documented, not what the field holds.
        custom_mapping_by_api: the org's mapping of custom fields applies to conversions by API, not by hand only.
        custom_defaults: custom fields of records that a conversion makes get their default values.
        blank_absent_picklist: a value that the target's picklist does not have is left out, not refused.
        duplicates_by_api: duplicate rules run at conversions by API also without *Require Validation*.
        contact_role: a conversion gives the contact a role in the opportunity.
        convert_twice: a converted lead is converted again, as it was seen where users may set audit fields.
        failed_lead_id: a conversion's result names the lead also where it failed.
        bulk_polls: how often a bulk job answers InProgress before it is through.
        bulk_page: rows of a page of bulk results, where the client does not say.
        bulk_refuses: objects, with commas between, that Bulk does not support, as it does not some real ones.
        bulk_shuffled: results of a bulk job come in another order than its rows.
    """

    newest_version: int = 67
    jwt_tokens: bool = False
    soap_takes_jwt_from: int = 68
    session_minutes: int = 120
    rotate_refresh_tokens: bool = False
    page_size: int = 2000
    daily_calls: int = 100_000
    app_calls: int = 0
    longest_address: int = 16_384
    lower_email: bool = True
    trim_text: bool = True
    upsert_by_lookup: bool = True
    repeated_key_refused: bool = True
    mixed_chunks: bool = True
    duplicates_in_collections: bool = False
    edit_converted: bool = False
    key_field: bool = True
    person_accounts: bool = False
    require_validation: bool = False
    source_to_account: bool = False
    label_as_status: bool = True
    short_opportunity_names: bool = False
    custom_mapping_by_api: bool = True
    custom_defaults: bool = False
    blank_absent_picklist: bool = True
    duplicates_by_api: bool = False
    contact_role: bool = True
    failed_lead_id: bool = False
    convert_twice: bool = False
    bulk_polls: int = 1
    bulk_page: int = 50_000
    bulk_shuffled: bool = True
    bulk_refuses: str = ""
