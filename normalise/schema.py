"""The published JSON Schema of the record `clip/1`, made from the types themselves."""

from typing import Any

import msgspec

from normalise.article import SCHEMA, Article

DIALECT = "https://json-schema.org/draft/2020-12/schema"
IDENTIFIER = f"urn:article-clip:record:{SCHEMA}"


def record_schema() -> dict[str, Any]:
    """Return the JSON Schema 2020-12 of the record. Keys that are always present are required; no other keys are allowed."""
    (reference,), definitions = msgspec.json.schema_components([Article], ref_template="#/$defs/{name}")
    for kind in _structs(definitions):
        definition = definitions[kind.__name__]
        definition["additionalProperties"] = False
        definition["required"] = [field.encode_name for field in msgspec.structs.fields(kind) if _always_present(kind, field)]
        for described in definition["properties"].values():
            described.pop("default", None)  # defaults are how records are built, not what a reader may assume
    return {"$schema": DIALECT, "$id": IDENTIFIER, **reference, "$defs": definitions}


def _structs(definitions: dict[str, Any]) -> list[type[msgspec.Struct]]:
    import normalise.article

    kinds = [getattr(normalise.article, name) for name in definitions]
    return [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, msgspec.Struct)]


def _always_present(kind: type[msgspec.Struct], field: msgspec.structs.FieldInfo) -> bool:
    if field.required:
        return True
    return not kind.__struct_config__.omit_defaults and field.default is not msgspec.UNSET
