"""The public surface, pinned: a name that goes, or comes, is a decision, and stands in the changelog."""

from __future__ import annotations

import ast
import importlib
from pathlib import Path

import pytest

import leadbridge

PUBLIC = {
    "leadbridge": ["__version__", "hookimpl"],
    "leadbridge.values": ["BLANK", "MISSING", "Missing", "Present", "Raw", "Value", "is_absent", "is_present"],
    "leadbridge.records": ["Captured", "Record", "Ref", "Reject"],
    "leadbridge.errors": [
        "BatchRefusedError",
        "BusyError",
        "ConnectionFailedError",
        "CredentialsError",
        "Fault",
        "FileFaults",
        "LeadBridgeError",
        "QuotaError",
        "RetryableError",
        "SourceFault",
        "StoppedError",
        "UncertainError",
        "UsageError",
    ],
    "leadbridge.provider": [
        "Action",
        "Capabilities",
        "Converted",
        "FieldDescription",
        "Gone",
        "Lack",
        "ObjectDescription",
        "Page",
        "Provider",
        "Result",
        "Settings",
        "Site",
        "UnsupportedError",
        "Verb",
        "Wire",
    ],
    "leadbridge.conversions": [
        "ConversionFile",
        "ConvertRequest",
        "ConvertResult",
        "Copied",
        "Effect",
        "Prediction",
        "Snapshots",
    ],
    "leadbridge.extend": [
        "Convertible",
        "Evidence",
        "Fragment",
        "Group",
        "Pair",
        "Reason",
        "RegisterCommands",
        "RegisterProviders",
        "RegisterSandboxes",
        "RegisterTransforms",
    ],
    "leadbridge.transforms.spec": ["Codec", "Options", "PartsCodec", "TransformSpec", "UnreadableError", "transform"],
    "leadbridge.memory": ["Entry", "MemoryConversion", "MemoryCrm", "MemoryProvider", "MemorySettings", "memory_crm"],
    "leadbridge.sandbox": [
        "Answered",
        "Call",
        "Clock",
        "Database",
        "Fault",
        "Faults",
        "Log",
        "Options",
        "Sandbox",
        "Served",
        "Switch",
        "Switchboard",
        "known",
        "serve",
        "start",
        "steered",
    ],
    "leadbridge.testing": ["ConversionHands", "Harness", "ProviderContract"],
    "leadbridge.testing.faults": [
        "Fault",
        "Faults",
        "FaultyProvider",
        "Killed",
        "LIVELY",
        "RETRY_AFTER",
        "STAMP",
        "Script",
        "at",
        "lower_case",
        "seeded",
        "truncated",
    ],
}


def defined(name: str) -> list[str]:
    """``__all__`` where there is one, else what the module defines without an underscore in front."""
    module = importlib.import_module(name)
    if hasattr(module, "__all__"):
        return sorted(module.__all__)
    names: list[str] = []
    for node in ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            names.append(node.name)
        elif isinstance(node, ast.Assign):
            names += [target.id for target in node.targets if isinstance(target, ast.Name) and not _is_typevar(node)]
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            names.append(node.target.id)
    return sorted(name for name in names if not name.startswith("_"))


def _is_typevar(node: ast.Assign) -> bool:
    return isinstance(node.value, ast.Call) and ast.unparse(node.value.func) == "TypeVar"


@pytest.mark.parametrize("module", PUBLIC)
def test_public_names(module: str) -> None:
    assert defined(module) == sorted(PUBLIC[module])


def test_the_public_modules_are_named_in_the_package() -> None:
    assert leadbridge.__doc__ is not None
    assert [module for module in PUBLIC if f"``{module}``" not in leadbridge.__doc__] == []
