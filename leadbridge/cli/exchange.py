"""``leadbridge mappings import``, ``export`` and ``diff FILE``: the convert policy and a CRM's own file."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from leadbridge.cli.options import AsJson, Config, Quiet, Verbose

if TYPE_CHECKING:
    from leadbridge.conversions import ConversionFile, Copied
    from leadbridge.jobs.workspace import Workspace
    from leadbridge.mapping.adopt import Additions, Described
    from leadbridge.mapping.exchange import Difference, Spoken, Unsaid
    from leadbridge.mapping.objects import ObjectMapping
    from leadbridge.mapping.policy import ConvertPolicy

Source = Annotated[
    Path, typer.Argument(metavar="FILE", help="The CRM's file, such as Salesforce's LeadConvertSettings.")
]
Policy = Annotated[
    str | None, typer.Option("--policy", metavar="NAME", help="The convert policy, where there are several.")
]
Provider = Annotated[
    str | None, typer.Option("--provider", metavar="NAME", help="Whose file it is, where several have one.")
]


@dataclass(frozen=True, slots=True)
class _Sides:
    """The policy and the CRM's kind of file, found."""

    workspace: Workspace
    policy: ConvertPolicy
    provider: str
    file: ConversionFile
    mappings: tuple[ObjectMapping, ...]

    def spoken(self) -> Spoken:
        from leadbridge.mapping.exchange import spoken

        return spoken(self.policy, self.mappings, self.file)


def import_(  # noqa: PLR0913, PLR0917  (options of a command, each by its own name)
    file: Source,
    policy: Policy = None,
    provider: Provider = None,
    connection: Annotated[
        str | None,
        typer.Option("--connection", "-C", metavar="NAME", help="Ask this connection for the types of new fields."),
    ] = None,
    write: Annotated[
        bool, typer.Option("--write", help="Put the lines into the files; without it they are shown.")
    ] = False,
    config: Config = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = 0,
) -> None:
    """Take what a CRM's conversion copies into the policy.

    Fields that no mapping knows are declared in fields.yaml and mapped first. What the files say already stays.
    """
    from leadbridge.cli.output import escape, print_json, print_line, say
    from leadbridge.mapping.adopt import Adopter

    sides = _sides(config, policy, provider)
    adopter = Adopter(sides.workspace.mappings, sides.policy, sides.mappings, _described(sides.workspace, connection))
    found = adopter.adopt(_read(sides.file, file), sides.file)
    if write:
        _write(sides.workspace.mappings.folder, found)
    if as_json:
        files = {name: [line for lines in at.values() for line in lines] for name, at in found.lines.items()}
        print_json({"lines": files, "taken": [list(one) for one in found.taken], "left": found.left, "written": write})
        return
    for name, at in found.lines.items() if not quiet else ():
        print_line(escape(name))
        for path, lines in at.items():
            print_line(f"  {'.'.join(map(str, path))}:")
            for line in lines:
                print_line(f"    {escape(line)}")
    for sentence in found.left:
        say(f"Left: {sentence}")
    if found.lines and not write and not quiet:
        say("Nothing is written yet; call again with --write.")


def export(  # noqa: PLR0913, PLR0917  (same)
    policy: Policy = None,
    provider: Provider = None,
    like: Annotated[
        Path | None,
        typer.Option("--like", metavar="FILE", help="Take all that the policy does not say from this file."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write it there, and print nothing.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Let --out write over a file that is there.")] = False,
    config: Config = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = 0,
) -> None:
    """Write the convert policy as the CRM's own file.

    What that file cannot say is named: LeadBridge does it after the CRM's own conversion.
    """
    from leadbridge.cli.files import written
    from leadbridge.cli.output import print_json, say
    from leadbridge.mapping.exchange import exported

    sides = _sides(config, policy, provider)
    held, beyond = exported(sides.spoken(), sides.file)
    text = _made(sides.file, held, like)
    if out is not None:
        with written(out, force=force) as stream:
            stream.write(text)
    if as_json:
        print_json({"file": text, "beyond": [_plain_unsaid(one) for one in beyond]})
        return
    if out is None:
        sys.stdout.write(text)
    for one in beyond if not quiet else ():
        say(f"Not in it: {one.role} {one.field} {one.reason}.")


def differs_from_file(  # noqa: PLR0913  (what the command was given)
    file: Path, config: Path | None, policy: str | None, provider: str | None, *, as_json: bool, quiet: bool
) -> bool:
    """Print what the policy and the CRM's file do differently, and tell whether there is anything."""
    from leadbridge.cli.output import print_json, say
    from leadbridge.mapping.exchange import differences

    sides = _sides(config, policy, provider)
    said = sides.spoken()
    found = list(differences(said, _read(sides.file, file), sides.file))
    if as_json:
        rows = [_plain(one) for one in found]
        print_json({"differences": rows, "beyond": [_plain_unsaid(one) for one in said.unsaid]})
    else:
        _show(found)
        for one in said.unsaid if not quiet else ():
            say(f"Not compared: {one.role} {one.field} {one.reason}.")
    return bool(found)


def _show(found: list[Difference]) -> None:
    from leadbridge.cli.output import Column, print_table

    if not found:
        return
    titles = ("role", "field", "policy takes", "CRM takes", "changed by")
    print_table(
        [Column(title) for title in titles],
        [
            [one.role, one.field, one.policy or "-", one.crm or "-", "nobody" if one.standard else "its file"]
            for one in found
        ],
    )


def _plain(one: Difference) -> dict[str, object]:
    return {
        "kind": one.kind,
        "role": one.role,
        "field": one.field,
        "policy": one.policy,
        "crm": one.crm,
        "standard": one.standard,
    }


def _plain_unsaid(one: Unsaid) -> dict[str, str]:
    return {"role": one.role, "field": one.field, "reason": one.reason}


def _sides(config: Path | None, policy: str | None, provider: str | None) -> _Sides:
    """Raises UsageError where there is no policy or provider, or several and none is named."""
    from leadbridge.jobs.workspace import load_workspace

    workspace = load_workspace(config)
    policies = workspace.mappings.policies
    name = the_one("convert policy", policy, list(policies), "--policy")
    kind, file = _file_of(workspace, provider)
    mappings = tuple(one for one in workspace.mappings.objects if one.provider == kind)
    return _Sides(workspace, workspace.mappings.policy(name), kind, file, mappings)


def _file_of(workspace: Workspace, provider: str | None) -> tuple[str, ConversionFile]:
    names = [provider] if provider else list(workspace.plugins.providers)
    files = {name: workspace.plugins.provider(name).conversion_file for name in names}
    found = {name: file for name, file in files.items() if file is not None}
    name = the_one("provider with a file of its own", provider, list(found), "--provider")
    return name, found[name]


def the_one(what: str, asked: str | None, known: list[str], option: str) -> str:
    """The name that was asked for, or the only one. Raises UsageError with what there is."""
    from leadbridge.errors import UsageError

    if asked is not None and asked in known:
        return asked
    if asked is None and len(known) == 1:
        return known[0]
    there = ", ".join(known) or "none"
    if asked is not None:
        raise UsageError(f"there is no {what} {asked!r}; there are: {there}")
    raise UsageError(f"choose the {what} with {option}; there are: {there}")


def _read(file: ConversionFile, path: Path) -> Copied:
    from leadbridge.errors import UsageError

    try:
        return file.read(_bytes(path))
    except ValueError as error:
        raise UsageError(f"{path} cannot be read: {error}") from error


def _made(file: ConversionFile, held: Copied, like: Path | None) -> str:
    from leadbridge.errors import UsageError

    try:
        return file.write(held, None if like is None else _bytes(like)).decode("utf-8")
    except ValueError as error:
        raise UsageError(f"{like} cannot be read: {error}") from error


def _bytes(path: Path) -> bytes:
    from leadbridge.errors import UsageError
    from leadbridge.files.document import LIMIT

    try:
        with path.open("rb") as stream:
            content = stream.read(8 * LIMIT + 1)
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror or error}") from error
    if len(content) > 8 * LIMIT:
        raise UsageError(f"{path} is larger than 8 MiB, which such a file never is")
    return content


def _described(workspace: Workspace, connection: str | None) -> Described:
    if connection is None:
        return {}
    provider = workspace.project.open(connection)
    try:
        return {(one.name, field.name): field for one in provider.describe() for field in one.fields}
    finally:
        provider.close()


def _write(folder: Path, found: Additions) -> None:
    from leadbridge.cli.files import written
    from leadbridge.files.document import load_text
    from leadbridge.files.inserting import insert

    texts = {}
    for name, at in found.lines.items():
        file = folder / name
        text = file.read_text(encoding="utf-8") if file.exists() else "kind: fields\n"
        for path, lines in at.items():
            text = insert(text, load_text(text, file), path, lines)
        load_text(text, file)
        texts[file] = text
    for file, text in texts.items():
        with written(file, force=True) as stream:
            stream.write(text)
