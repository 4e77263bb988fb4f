"""What people call a field in the header of a file, in English, German, French and Spanish."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Final, Literal

from leadbridge.subjects.model import Field, Subject

Language = Literal["en", "de", "fr", "es"]

_PERSON: Final[Mapping[str, Mapping[Language, str]]] = {
    "salutation": {"en": "salutation|form of address", "de": "anrede", "fr": "civilite", "es": "tratamiento"},
    "first_name": {
        "en": "first name|given name|forename|first",
        "de": "vorname|rufname",
        "fr": "prenom",
        "es": "nombre de pila",
    },
    "middle_name": {"en": "middle name|middle initial", "de": "zweiter vorname", "fr": "", "es": "segundo nombre"},
    "last_name": {
        "en": "last name|surname|family name|last",
        "de": "nachname|familienname|zuname",
        "fr": "nom de famille",
        "es": "apellido|apellidos",
    },
    "suffix": {"en": "suffix|name suffix", "de": "", "fr": "", "es": ""},
    "email": {
        "en": "email|e mail|mail|email address|e mail address|mail address|work email|business email",
        "de": "emailadresse|e mail adresse|mailadresse",
        "fr": "courriel|adresse mail|adresse email|mel",
        "es": "correo|correo electronico",
    },
    "phone": {
        "en": "phone|telephone|tel|phone number|business phone|work phone|office phone|landline|call",
        "de": "telefon|telefonnummer|rufnummer|festnetz|fon",
        "fr": "telephone|numero de telephone|tel fixe",
        "es": "telefono|numero de telefono",
    },
    "mobile_phone": {
        "en": "mobile|mobile phone|cell|cell phone|mobile number|cellphone|mobile phone number",
        "de": "mobil|handy|mobiltelefon|handynummer|mobilnummer",
        "fr": "portable|telephone portable|tel portable",
        "es": "movil|celular|telefono movil",
    },
    "fax": {"en": "fax|fax number|facsimile", "de": "telefax|faxnummer", "fr": "telecopie", "es": ""},
    "language": {"en": "language|preferred language", "de": "sprache", "fr": "langue", "es": "idioma"},
    "time_zone": {"en": "time zone|timezone", "de": "zeitzone", "fr": "fuseau horaire", "es": "zona horaria"},
    "title": {
        "en": "job title|title|position|role|job|occupation|function",
        "de": "funktion|berufsbezeichnung|stelle|beruf",
        "fr": "fonction|poste|intitule du poste",
        "es": "cargo|puesto",
    },
    "department": {
        "en": "department|dept",
        "de": "abteilung|bereich",
        "fr": "service|departement",
        "es": "departamento",
    },
    "company": {
        "en": "company|company name|organisation|organization|employer|account name|business name|organisation name",
        "de": "firma|firmenname|unternehmen|arbeitgeber",
        "fr": "societe|entreprise|nom de la societe|raison sociale",
        "es": "empresa|compania|nombre de la empresa|razon social",
    },
    "website": {
        "en": "website|web site|web|url|homepage|web address|company website|website url",
        "de": "webseite|internetseite|internet",
        "fr": "site web|site internet",
        "es": "sitio web|pagina web",
    },
    "industry": {
        "en": "industry|sector|branch|line of business",
        "de": "branche|wirtschaftszweig|industrie",
        "fr": "secteur|secteur d activite",
        "es": "industria|ramo",
    },
    "employees": {
        "en": "employees|number of employees|no of employees|company size|team size|headcount|num employees|staff",
        "de": "mitarbeiter|mitarbeiterzahl|anzahl mitarbeiter|beschaftigte",
        "fr": "effectif|nombre d employes|employes",
        "es": "empleados|numero de empleados",
    },
    "annual_revenue": {
        "en": "annual revenue|revenue|turnover",
        "de": "umsatz|jahresumsatz",
        "fr": "chiffre d affaires",
        "es": "ingresos|facturacion",
    },
    "street": {
        "en": "street|address|street address|address line 1|address 1|mailing street",
        "de": "strasse|adresse|anschrift|strasse und hausnummer",
        "fr": "rue",
        "es": "calle|direccion|domicilio",
    },
    "city": {"en": "city|town|location city", "de": "ort|stadt|wohnort", "fr": "ville", "es": "ciudad|localidad"},
    "state": {
        "en": "state|province|region|county|state region|state province",
        "de": "bundesland|kanton",
        "fr": "etat",
        "es": "provincia|estado provincia",
    },
    "postal_code": {
        "en": "postal code|postcode|zip|zip code|post code",
        "de": "plz|postleitzahl",
        "fr": "code postal|cp",
        "es": "codigo postal",
    },
    "country": {"en": "country|nation|country name|country region", "de": "land|staat", "fr": "pays", "es": "pais"},
    "lead_source": {
        "en": "lead source|source|lead origin|origin|utm source|how did you hear about us|channel|original source",
        "de": "herkunft|quelle",
        "fr": "provenance|origine",
        "es": "origen|fuente",
    },
    "product": {
        "en": "product|interest|interested in|product interest|service",
        "de": "produkt|interesse|interesse an",
        "fr": "produit|interet",
        "es": "producto|interes",
    },
    "budget": {"en": "budget|deal value|expected value", "de": "", "fr": "", "es": "presupuesto"},
    "currency": {"en": "currency|currency code", "de": "wahrung", "fr": "devise|monnaie", "es": "moneda|divisa"},
    "description": {
        "en": "description|notes|note|comments|comment|message|remarks|remark",
        "de": "bemerkung|bemerkungen|notiz|notizen|nachricht|kommentar",
        "fr": "remarque|remarques|commentaire|commentaires",
        "es": "notas|comentario|comentarios|mensaje|observaciones",
    },
    "status": {"en": "status|lead status", "de": "bearbeitungsstand", "fr": "statut", "es": "estado|estatus"},
    "stage": {"en": "stage|lifecycle stage|lead stage", "de": "phase", "fr": "etape", "es": "etapa"},
    "rating": {"en": "rating|lead rating", "de": "bewertung", "fr": "", "es": "calificacion"},
    "owner": {
        "en": "owner|lead owner|assigned to|contact owner|record owner",
        "de": "zustandig|betreuer",
        "fr": "proprietaire",
        "es": "propietario",
    },
    "opted_out_of_email": {
        "en": "unsubscribe|unsubscribed|opted out|email opt out|do not email|opt out|opted out of email|no email",
        "de": "abgemeldet|newsletter abgemeldet",
        "fr": "desabonne|desinscrit",
        "es": "dado de baja|no enviar correo",
    },
    "do_not_call": {
        "en": "do not call|no calls",
        "de": "nicht anrufen|anrufsperre",
        "fr": "ne pas appeler",
        "es": "no llamar",
    },
    "do_not_contact": {
        "en": "do not contact|no contact",
        "de": "werbesperre|kontaktsperre|nicht kontaktieren",
        "fr": "ne pas contacter",
        "es": "no contactar",
    },
    "consent_at": {"en": "consent date|consent at|opt in date", "de": "einwilligung am", "fr": "", "es": ""},
    "created_at": {
        "en": "created|created at|created date|create date|created on|date|submitted at|submitted|timestamp|date added",
        "de": "erstellt|erstellt am|angelegt am|datum|eingang|besuch am",
        "fr": "cree le|date de creation",
        "es": "creado|fecha|fecha de creacion",
    },
    "modified_at": {
        "en": "modified|modified at|last modified|updated|updated at|last modified date",
        "de": "geandert am|zuletzt geandert",
        "fr": "modifie le",
        "es": "modificado|fecha de modificacion",
    },
    "last_activity_at": {"en": "last activity|last contacted", "de": "letzter kontakt", "fr": "", "es": ""},
}

_COMPANY: Final = ("company", "website", "phone", "fax", "industry", "employees", "annual_revenue", "currency")
_PLACE: Final = (
    "street",
    "city",
    "state",
    "postal_code",
    "country",
    "description",
    "owner",
    "created_at",
    "modified_at",
)

_ORGANISATION: Final[Mapping[str, Mapping[Language, str]]] = {
    **{("name" if name == "company" else name): _PERSON[name] for name in (*_COMPANY, *_PLACE)},
    "domain": {"en": "domain|web domain|email domain", "de": "", "fr": "domaine", "es": "dominio"},
    "number": {
        "en": "account number|customer number|customer no",
        "de": "kundennummer|kundennr",
        "fr": "numero client",
        "es": "numero de cliente",
    },
}

WORDS: Final[Mapping[str, Mapping[str, Mapping[Language, str]]]] = {
    "person": _PERSON,
    "organisation": {
        **_ORGANISATION,
        "name": {**_PERSON["company"], "en": f"name|account|{_PERSON['company']['en']}"},
    },
}
"""Subject -> field -> language -> what it is called, each name in small letters without accents."""

TOO_COMMON: Final = frozenset(
    {"account", "address", "adresse", "branch", "call", "cargo", "channel", "city", "comment", "contact"}
    | {"contacto", "country", "county", "created", "date", "domain", "effectif", "email", "estado", "etat"}
    | {"fecha", "first", "fonction", "function", "funktion", "idioma", "industry", "internet", "job"}
    | {"kontakt", "language", "last", "mail", "mobile", "modified", "name", "nation", "nombre", "note"}
    | {"notes", "number", "origin", "origine", "owner", "person", "phase", "phone", "position", "poste"}
    | {"product", "region", "revenue", "role", "sector", "service", "source", "staff", "stage", "state"}
    | {"status", "stelle", "submitted", "suffix", "title", "town", "type", "updated", "website"}
)
"""Single words that say nothing inside a longer header: `last` in `last activity`, `website` in `time on website`."""

WHOLE_NAMES: Final[Mapping[Language, str]] = {
    "en": "name|full name|contact|contact name|contact person|person|lead name|your name",
    "de": "ansprechpartner|kontakt|kontaktperson|vollstandiger name|vor und nachname",
    "fr": "nom complet|nom et prenom|nom",
    "es": "nombre completo|nombre y apellidos|nombre|contacto",
}
"""What a column is called that holds a person's whole name."""

_BRACKETS: Final = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_CAMEL: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_WORD: Final = re.compile(r"[a-z0-9]+")


def words_of(text: str) -> tuple[str, ...]:
    """The words of a header in small letters without accents; ``camelCase`` is two words."""
    plain = unicodedata.normalize("NFKD", _CAMEL.sub(" ", text).replace("ß", "ss"))
    letters = "".join(c for c in plain if not unicodedata.combining(c))
    return tuple(_WORD.findall(letters.casefold()))


def without_brackets(text: str) -> str:
    return _BRACKETS.sub(" ", text)


def own_names(field: Field) -> Iterator[tuple[str, ...]]:
    """The field's own name and those of its twins in the CRMs. A reference holds an id, not a name."""
    own = words_of(field.name)
    yield (*own, "id") if field.type == "reference" else own
    for twin in (*field.salesforce, *field.hubspot):
        yield words_of(twin.partition(".")[2])


def names_of(field: Field, subject: Subject) -> Iterator[tuple[tuple[str, ...], Language]]:
    """All names of a field, with their language: its own ones and what people call it."""
    yield from ((words, "en") for words in own_names(field))
    for language, names in WORDS.get(subject.name, {}).get(field.name, {}).items():
        yield from ((words_of(name), language) for name in names.split("|") if name)
