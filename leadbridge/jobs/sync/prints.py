"""Fingerprints: of what was refused, so that it is not sent again; of what a plan was made with."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from hashlib import blake2b

from leadbridge.jobs.sources import Source
from leadbridge.jobs.sync.scene import Scene
from leadbridge.mapping.columns import watched
from leadbridge.mapping.project import Mappings
from leadbridge.plan.rows import WriteRow
from leadbridge.plan.sync_rows import Write
from leadbridge.records import Reject
from leadbridge.state import codec
from leadbridge.values import MISSING, Raw


def digest(*parts: object) -> str:
    return blake2b(codec.dumps(parts).encode(), digest_size=16).hexdigest()


def of_reject(reject: Reject) -> str:
    """What could not be read, wherever in its file it stands: rows above it come and go."""
    return digest(place_of(reject.source)[0], reject.code, reject.provider_field, _kept(reject.raw))


def place_of(source: str) -> tuple[str, str]:
    """A reject's source without the number of its line, and that; blank where there is none."""
    file, _, line = source.rpartition(":")
    return (file, line) if line.isdecimal() else (source, "")


def of_write(write: Write | WriteRow, mappings: str) -> str:
    """What was to be written, over what, by which mapping: sent again only once any of it differs."""
    return digest(write.verb, write.golden, mappings, _kept(write.values), _kept(write.expected))


def mapping_prints(scene: Scene) -> dict[str, dict[str, str]]:
    """Connection -> mapping file, key of the job, or limit of an object, -> fingerprint of what it says."""
    found: dict[str, dict[str, str]] = {}
    documents = scene.workspace.mappings.documents
    filters = digest(scene.job.where, sorted(scene.roles))
    for source in scene.sources:
        mine = found[source.connection] = {f"jobs.{scene.name}": filters}
        limits = {one.name: one.limit for one in source.described}
        for name in source.objects(scene.roles):
            mine[limit_key(source.connection, name)] = digest(limits[name])
            files = [mapping.file.name for mapping in source.mappings(name)]
            mine |= {file: digest(_plain(documents[file].data)) for file in files}
    return found


def limit_key(connection: str, object: str) -> str:
    """What messages call the limit that a connection's settings set to an object."""
    return f"connections.{connection}: {object}"


def role_prints(mappings: Mappings, sources: Iterable[Source]) -> dict[tuple[str, str, str], str]:
    """(connection, object, role) -> fingerprint of the mappings by which such a record is written."""
    found: dict[tuple[str, str, str], str] = {}
    for source in sources:
        for one in source.described:
            for mapping in source.mappings(one.name):
                at = source.connection, one.name, mapping.role
                found[at] = digest(found.get(at, ""), _plain(mappings.documents[mapping.file.name].data))
    return found


def configuration(scene: Scene) -> str:
    """Of all that decides what a plan holds, besides the state and the records."""
    mappings = scene.workspace.mappings
    job = scene.job.model_dump_json()
    documents = {name: _plain(document.data) for name, document in mappings.documents.items()}
    return digest(scene.name, job, scene.also, sorted(documents.items()))


def scope(scene: Scene) -> dict[str, dict[str, list[str]]]:
    """Connection -> object -> mapped provider fields that can be seen."""
    found: dict[str, dict[str, list[str]]] = {}
    for source in scene.sources:
        seen = {one.name: {f.name for f in one.fields if f.readable} for one in source.described}
        found[source.connection] = {
            name: sorted(seen[name] & frozenset().union(*(watched(m) for m in source.mappings(name))))
            for name in source.objects(scene.roles)
        }
    return found


def _kept(values: Mapping[str, Raw]) -> dict[str, Raw]:
    return {name: raw for name, raw in sorted(values.items()) if raw is not MISSING}


def _plain(data: object) -> str:
    """A document's content as text that does not depend on comments and spacing."""
    return json.dumps(data, sort_keys=True, default=str)
