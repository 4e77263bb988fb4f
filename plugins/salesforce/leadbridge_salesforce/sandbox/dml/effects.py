"""What saving a record sets off in the rest of the org."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leadbridge_salesforce.sandbox.dml.drafts import Draft

if TYPE_CHECKING:
    from leadbridge_salesforce.sandbox.org import Org


def after_saving(org: Org, draft: Draft) -> None:
    if draft.schema.name == "FieldPermissions":
        _grant(org, draft)


def _grant(org: Org, draft: Draft) -> None:
    """A permission on a field takes effect at once; every permission set here is the user's own."""
    owner, _, name = str(draft.after["Field"]).partition(".")
    if draft.after["PermissionsRead"]:
        org.access.show_field(owner, name)
        if not draft.after["PermissionsEdit"]:
            org.access.lock_field(owner, name)
    else:
        org.access.hide_field(owner, name)
