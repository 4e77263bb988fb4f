"""How this portal behaves where portals differ, or where nobody knows for sure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from leadbridge.sandbox import Switchboard


@dataclass(frozen=True, slots=True)
class Switches(Switchboard):
    """The positions of all switches.

    Attributes:
        burst: calls within ten seconds that an app may make.
        daily: calls within a day that the account may make; counted anew at midnight UTC.
        search_per_second: searches within a second, of all apps together.
        association_burst: calls of the associations API within ten seconds.
        retry_after: a 429 tells in a header how many seconds to wait.
        index_lag: seconds until a search sees what was written.
        search_window: results of one search that can be read.
        search_body: characters of a search's body.
        filter_groups: groups of filters in a search.
        group_filters: filters in a group.
        all_filters: filters in a search.
        negations_need_value: NEQ, NOT_IN and NOT_CONTAINS_TOKEN leave out records that lack the property.
        lifecycle_backward: a lifecycle stage that is moved back is ``ignored`` silently, ``refused``, or ``taken``.
        null_clears: null clears a property, as an empty text does; else it is refused.
        loose_values: numbers and truth values are taken as they are; else texts only.
        contact_needs_identity: a contact needs an e-mail address or a name.
        domain_unique: no two companies have one domain.
        email_upsert_partial: an upsert by e-mail saves the good inputs of a batch beside bad ones.
        shuffled_batches: a batch's results come in another order than its inputs.
        dated_multi_status: batches at dated paths answer 207 where some inputs fail; else 200 with the same body.
        merge_mints_id: a merge makes a new record; else the primary one keeps its id.
        merged_in_archive: records that were merged away are listed as archived ones.
        restore_stamps: a record that is taken out of the bin counts as changed then; else it keeps its stamp.
        merged_read: a batch read finds merged records by their old ids; else it leaves them out without a word.
        numeric_association_ids: associations tell ids as numbers, as documented; else as texts.
        association_page: associations of one record in a page, at most.
        labels_per_pair: custom labels of a pair of objects.
        automations: a deal that is made or won moves the lifecycle of its contacts and companies, and a company's
            that of its contacts.
        leads_object: the account has HubSpot's object for leads.
        webhooks_by_object: webhooks tell of ``object.creation`` and the like for all objects, as newer apps have it.
        webhooks_shuffled: events of a batch come in another order than they happened.
        webhooks_repeated: an event of each batch comes twice.
        change_source: what webhooks name as the source of changes by API.
    """

    words: ClassVar[Mapping[str, tuple[str, ...]]] = {"lifecycle_backward": ("ignored", "refused", "taken")}
    burst: int = 100
    daily: int = 250_000
    search_per_second: int = 5
    association_burst: int = 100
    retry_after: bool = False
    index_lag: int = 5
    search_window: int = 10_000
    search_body: int = 3000
    filter_groups: int = 5
    group_filters: int = 6
    all_filters: int = 18
    negations_need_value: bool = True
    lifecycle_backward: str = "ignored"
    null_clears: bool = False
    loose_values: bool = False
    contact_needs_identity: bool = True
    domain_unique: bool = False
    email_upsert_partial: bool = False
    shuffled_batches: bool = True
    dated_multi_status: bool = True
    merge_mints_id: bool = True
    merged_in_archive: bool = False
    restore_stamps: bool = True
    merged_read: bool = False
    numeric_association_ids: bool = True
    association_page: int = 500
    labels_per_pair: int = 10
    automations: bool = True
    leads_object: bool = True
    webhooks_by_object: bool = False
    webhooks_shuffled: bool = True
    webhooks_repeated: bool = False
    change_source: str = "INTEGRATION"
