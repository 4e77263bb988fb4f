"""Objects and fields as describe shows them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from leadbridge_salesforce.sandbox import ids
from leadbridge_salesforce.sandbox.org import Org
from leadbridge_salesforce.sandbox.schema import ChildRelationship, FieldSchema, ObjectSchema, PicklistValue
from leadbridge_salesforce.sandbox.schema.model import NUMBERS

Json = dict[str, Any]

_SOAP_TYPES: Final[Mapping[str, str]] = {
    "id": "tns:ID",
    "reference": "tns:ID",
    "boolean": "xsd:boolean",
    "int": "xsd:int",
    "double": "xsd:double",
    "currency": "xsd:double",
    "percent": "xsd:double",
    "date": "xsd:date",
    "datetime": "xsd:dateTime",
    "address": "urn:address",
}
_SAME_FOR_ALL: Final[Mapping[str, Any]] = {
    "aiPredictionField": False,
    "autoNumber": False,
    "calculatedFormula": None,
    "controllerName": None,
    "defaultValueFormula": None,
    "dependentPicklist": False,
    "deprecatedAndHidden": False,
    "displayLocationInDecimal": False,
    "encrypted": False,
    "extraTypeInfo": None,
    "filteredLookupInfo": None,
    "formulaTreatNullNumberAsZero": False,
    "highScaleNumber": False,
    "htmlFormatted": False,
    "inlineHelpText": None,
    "mask": None,
    "maskType": None,
    "queryByDistance": False,
    "referenceTargetField": None,
    "relationshipOrder": None,
    "restrictedDelete": False,
    "writeRequiresMasterRead": False,
}
"""What describe says of a field that is here the same for every field."""

_NOT_HERE: Final = (
    "associateEntityType",
    "associateParentEntity",
    "defaultImplementation",
    "extendedBy",
    "extendsInterfaces",
    "implementedBy",
    "implementsInterfaces",
    "networkScopeFieldName",
    "listviewable",
    "lookupLayoutable",
    "sobjectDescribeOption",
)


def global_description(org: Org, base: str) -> Json:
    objects = [_summary(schema, base) for schema in sorted(org.seen.objects, key=lambda o: o.name)]
    return {"encoding": "UTF-8", "maxBatchSize": 200, "sobjects": objects}


def object_description(org: Org, schema: ObjectSchema, base: str) -> Json:
    return {
        **_summary(schema, base),
        "actionOverrides": [],
        "childRelationships": [_child(child) for child in org.seen.children(schema.name)],
        "compactLayoutable": True,
        "fields": [_field(f) for f in schema.fields],
        "namedLayoutInfos": [],
        "recordTypeInfos": _record_types(org, schema, base),
        "searchLayoutable": True,
        "supportedScopes": [{"label": "All", "name": "everything"}, {"label": "Mine", "name": "mine"}],
        **dict.fromkeys(_NOT_HERE),
    }


def basic_description(org: Org, schema: ObjectSchema, base: str) -> Json:
    return {"objectDescribe": _summary(schema, base), "recentItems": []}


def _summary(schema: ObjectSchema, base: str) -> Json:
    url = f"{base}/sobjects/{schema.name}"
    return {
        "activateable": False,
        "createable": schema.createable,
        "custom": schema.custom,
        "customSetting": False,
        "deepCloneable": False,
        "deletable": schema.deletable,
        "deprecatedAndHidden": False,
        "feedEnabled": False,
        "hasSubtypes": False,
        "isInterface": False,
        "isSubtype": False,
        "keyPrefix": schema.key_prefix,
        "label": schema.label,
        "labelPlural": schema.label_plural,
        "layoutable": True,
        "mergeable": schema.mergeable,
        "mruEnabled": False,
        "name": schema.name,
        "queryable": True,
        "replicateable": schema.replicateable,
        "retrieveable": True,
        "searchable": True,
        "triggerable": True,
        "undeletable": schema.has("IsDeleted"),
        "updateable": schema.updateable,
        "urls": {
            "sobject": url,
            "describe": f"{url}/describe",
            "rowTemplate": f"{url}/{{ID}}",
            "uiEditTemplate": "/{ID}/e",
        },
    }


def _field(f: FieldSchema) -> Json:
    return {
        **_SAME_FOR_ALL,
        "aggregatable": f.type not in {"boolean", "address"},
        "byteLength": 18 if f.type in {"id", "reference"} else f.length * 3,
        "calculated": f.calculated,
        "cascadeDelete": f.cascade,
        "caseSensitive": f.case_sensitive,
        "compoundFieldName": f.compound,
        "createable": f.createable,
        "custom": f.custom,
        "defaultValue": f.default if f.type == "boolean" else None,
        "defaultedOnCreate": f.defaulted_on_create,
        "digits": f.precision if f.type == "int" else 0,
        "externalId": f.external_id,
        "filterable": f.filterable,
        "groupable": f.groupable and f.type not in NUMBERS - {"int"},
        "idLookup": f.id_lookup,
        "label": f.label,
        "length": 18 if f.type in {"id", "reference"} else f.length,
        "name": f.name,
        "nameField": f.name_field,
        "namePointing": len(f.reference_to) > 1,
        "nillable": f.nillable,
        "permissionable": f.permissionable,
        "picklistValues": [_value(value) for value in f.picklist],
        "polymorphicForeignKey": len(f.reference_to) > 1,
        "precision": 0 if f.type == "int" else f.precision,
        "referenceTo": list(f.reference_to),
        "relationshipName": f.relationship_name,
        "restrictedPicklist": f.restricted,
        "scale": f.scale,
        "searchPrefilterable": f.type == "reference",
        "soapType": _SOAP_TYPES.get(f.type, "xsd:string"),
        "sortable": f.sortable,
        "type": f.type,
        "unique": f.unique,
        "updateable": f.updateable,
    }


def _value(value: PicklistValue) -> Json:
    return {
        "active": value.active,
        "defaultValue": value.default,
        "label": value.label,
        "validFor": None,
        "value": value.value,
    }


def _child(child: ChildRelationship) -> Json:
    return {
        "cascadeDelete": child.cascade,
        "childSObject": child.child,
        "deprecatedAndHidden": False,
        "field": child.field,
        "junctionIdListNames": [],
        "junctionReferenceTo": [],
        "relationshipName": child.name,
        "restrictedDelete": False,
    }


def _record_types(org: Org, schema: ObjectSchema, base: str) -> list[Json]:
    """The record types, and the one that stands for none."""
    types = org.record_types_of(schema.name)
    rows = [(key, kind.label, kind.developer_name, kind.default, kind.active) for key, kind in types.items()]
    has_default = any(default for _, _, _, default, _ in rows)
    rows.append((ids.MASTER_RECORD_TYPE, "Master", "Master", not has_default, True))
    return [
        {
            "active": active,
            "available": active,
            "defaultRecordTypeMapping": default,
            "developerName": developer_name,
            "master": key == ids.MASTER_RECORD_TYPE,
            "name": label,
            "recordTypeId": key,
            "urls": {"layout": f"{base}/sobjects/{schema.name}/describe/layouts/{key}"},
        }
        for key, label, developer_name, default, active in rows
    ]
