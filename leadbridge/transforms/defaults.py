"""The transforms that LeadBridge brings, and which one a field's type implies."""

from __future__ import annotations

from leadbridge.transforms.spec import TransformSpec


def default_transform(field_type: str) -> str:
    """The transform that reads a field of this type when its mapping names none: the one of the type's name."""
    return field_type


def builtin_transforms() -> tuple[TransformSpec, ...]:
    """Every transform of the core, in the order of the language page; their libraries load once a mapping uses them."""
    from leadbridge.transforms.boolean import BOOLEAN
    from leadbridge.transforms.company import COMPANY_NAME
    from leadbridge.transforms.country import COUNTRY
    from leadbridge.transforms.dates import DATE, DATETIME
    from leadbridge.transforms.email import EMAIL
    from leadbridge.transforms.names import SPLIT_NAME
    from leadbridge.transforms.number import DECIMAL, INTEGER
    from leadbridge.transforms.phone import PHONE
    from leadbridge.transforms.text import CHOICE, MULTI_SELECT, REFERENCE, TEXT
    from leadbridge.transforms.web import DOMAIN, URL

    contact = (TEXT, SPLIT_NAME, EMAIL, PHONE, COMPANY_NAME, COUNTRY, URL, DOMAIN)
    return (*contact, INTEGER, DECIMAL, BOOLEAN, DATE, DATETIME, CHOICE, MULTI_SELECT, REFERENCE)
