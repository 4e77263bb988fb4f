"""The built-in evidence: what shared exact keys say of two records. One table per subject, a comment per row."""

from __future__ import annotations

from collections.abc import Sequence

from leadbridge import hookimpl
from leadbridge.extend import Evidence, Pair
from leadbridge.matching.freemail import is_role_address
from leadbridge.matching.keys import ORGANISATION, PERSON, USER, Values, agree, company_of, differ, text_of

_PLACE = ("postal_code", "city", "country")


class ExactKeys:
    """Plugin object behind ``leadbridge_dedupe``. It never vetoes: keys that differ prove nothing."""

    @hookimpl
    def leadbridge_dedupe(self, pairs: Sequence[Pair]) -> Sequence[Evidence | None]:
        return [self._judge(pair) for pair in pairs]

    def _judge(self, pair: Pair) -> Evidence | None:
        if pair.left.subject == PERSON:
            return judge_persons(pair.left.values, pair.right.values, frozenset(pair.keys))
        if pair.left.subject == ORGANISATION:
            return judge_organisations(pair.left.values, pair.right.values, frozenset(pair.keys))
        # whoever signs in with one address is one colleague, whatever name a CRM shows
        return Evidence("same", "same e-mail") if pair.left.subject == USER else None


def judge_persons(left: Values, right: Values, keys: frozenset[str]) -> Evidence | None:  # noqa: PLR0911  (rows)
    """``keys`` are the kinds of key that the two share; names agree, differ, or one is not known."""
    last, first = agree(left, right, "last_name"), agree(left, right, "first_name")
    if "email" in keys:
        # a mailbox of a task (info@): several people write from it
        if is_role_address(text_of(left, "email")) and (last is False or first is False):
            return Evidence("unsure", "same mailbox of a task, different names")
        # two people of entirely different names and no common phone: a shared mailbox, or a new owner of it
        if last is False and first is False and "phone" not in keys:
            return Evidence("unsure", "same e-mail, different names")
        # otherwise an e-mail address is one person
        return Evidence("same", "same e-mail and phone" if "phone" in keys else "same e-mail")
    # one name at one company; a different e-mail there may be a namesake
    if "name_and_company" in keys:
        if "phone" in keys or not differ(left, right, "email"):
            return Evidence("same", "same name and company")
        return Evidence("unsure", "same name and company, different e-mails")
    if "phone" not in keys:
        return None
    # a line shared by people of different names says nothing
    if last is False and first is False:
        return None
    # one family name on one line, first names not at odds
    if last is True and first is not False:
        return Evidence("same", "same phone and last name")
    # a household, a marriage, or a name that is not known
    return Evidence("unsure", "same phone, names not known to be the same")


def judge_organisations(left: Values, right: Values, keys: frozenset[str]) -> Evidence | None:
    """``keys`` are the kinds of key that the two share."""
    # a name together with a domain or a number
    if "company_name" in keys and ("domain" in keys or "phone" in keys):
        return Evidence("same", "same company name and " + ("domain" if "domain" in keys else "phone"))
    address = agree(left, right, "street") is True and not any(differ(left, right, name) for name in _PLACE)
    # a name and an address
    if "company_name" in keys and address:
        return Evidence("same", "same company name and street")
    # one line at one address, under names that have a word in common
    if "phone" in keys and address and _words(left) & _words(right):
        return Evidence("same", "same phone and street, similar company names")
    # namesakes, branches, or one that moved
    if "company_name" in keys:
        return Evidence("unsure", "same company name, nothing else in common")
    # parents and children share a domain or a number
    if "domain" in keys or "phone" in keys:
        return Evidence("unsure", f"same {'domain' if 'domain' in keys else 'phone'}, different company names")
    return None


def _words(values: Values) -> frozenset[str]:
    return frozenset(company_of(ORGANISATION, values).split())
