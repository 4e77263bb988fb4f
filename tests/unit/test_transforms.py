"""The transforms as a whole: which there are, that each is described, and that loading them loads no library."""

from __future__ import annotations

import subprocess
import sys

import pluggy
import pytest

from leadbridge import builtin
from leadbridge.hookspecs import Hooks
from leadbridge.subjects import TYPES
from leadbridge.transforms.defaults import builtin_transforms, default_transform
from leadbridge.transforms.spec import TransformSpec

HEAVY = ("phonenumbers", "babel", "pycountry", "cleanco", "email_validator", "idna", "tldextract")


@pytest.mark.parametrize("type_", TYPES)
def test_every_type_implies_a_transform_that_gives_it(type_: str):
    specs = {spec.name: spec for spec in builtin_transforms()}
    assert type_ in specs[default_transform(type_)].gives


@pytest.mark.parametrize("spec", builtin_transforms(), ids=lambda s: s.name)
def test_every_transform_and_option_is_described(spec: TransformSpec):
    assert spec.doc.endswith(".")
    assert set(spec.gives) <= set(TYPES)
    assert all(field.description for field in spec.options.model_fields.values())


def test_the_core_registers_its_transforms_by_the_hook():
    plugins = pluggy.PluginManager("leadbridge")
    plugins.add_hookspecs(Hooks)
    plugins.register(builtin)
    registered: list[TransformSpec] = []
    plugins.hook.leadbridge_register_transforms(register=registered.append)
    assert [spec.name for spec in registered] == [spec.name for spec in builtin_transforms()]
    assert len({spec.name for spec in registered}) == len(registered)


def test_listing_the_transforms_imports_none_of_their_libraries():
    program = (
        "import sys; from leadbridge.transforms.defaults import builtin_transforms; builtin_transforms();"
        f"print([name for name in {HEAVY} if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout == "[]\n"
