"""XML as a stream of events, by expat: no tree, no document type with declarations, no entities but XML's own five, nothing fetched."""

from collections.abc import Callable
from typing import NoReturn
from xml.parsers import expat


def event_parser(
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None],
    data: Callable[[str], None],
    refuse: Callable[[str], NoReturn],
) -> expat.XMLParserType:
    """Return a parser that calls `start`, `end` and `data`; names are "namespace local". `refuse` raises an error of what is not read."""

    def doctype(name: str, system: str | None, public: str | None, has_internal_subset: int) -> None:
        if has_internal_subset:
            refuse("XML with declarations of its own is not read")

    def entity(*_: object) -> None:
        refuse("XML that declares entities is not read")

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    parser.StartDoctypeDeclHandler = doctype
    parser.EntityDeclHandler = entity
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = data
    return parser


def local_name(name: str) -> str:
    """Return a name without its namespace."""
    return name.rpartition(" ")[2]
