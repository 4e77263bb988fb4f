"""Plain words for the kinds of values that pydantic misses, and names whose values are never repeated."""

from __future__ import annotations

import re
from typing import Final

SECRET: Final = re.compile(
    r"secret|token|passw|passphrase|credential|(?:^|[_-])(?:api_?|private_?|access_?)?key$", re.I
)

_TEXT, _WHOLE, _NUMBER, _BOOLEAN = "text", "a whole number", "a number", "true or false"
QUOTED: Final = "text (put it in quotes)"
_LIST, _MAPPING = "a list", "a mapping"

KINDS: Final[dict[str, str]] = {
    **dict.fromkeys(("string_type", "string_sub_type", "path_type"), _TEXT),
    **dict.fromkeys(("int_type", "int_parsing", "int_parsing_size", "int_from_float"), _WHOLE),
    **dict.fromkeys(("float_type", "float_parsing", "decimal_type", "decimal_parsing", "finite_number"), _NUMBER),
    **dict.fromkeys(("bool_type", "bool_parsing"), _BOOLEAN),
    **dict.fromkeys(("list_type", "tuple_type", "set_type", "frozen_set_type"), _LIST),
    **dict.fromkeys(("dict_type", "mapping_type", "model_type", "model_attributes_type", "dataclass_type"), _MAPPING),
    "none_required": "left out",
}
