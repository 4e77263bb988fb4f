from __future__ import annotations

import re
import runpy
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from leadbridge.cli.app import command

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    page
    for place in ("*.md", "docs/**/*.md", "mappings/*.md", "benchmarks/*.md", "plugins/*/*.md")
    for page in ROOT.glob(place)
)
FENCE = re.compile(r"^( *)(```|~~~).*?^\1\2$", re.DOTALL | re.MULTILINE)
SPAN = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)


def _named(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def _quoted(page: Path) -> Iterator[str]:
    """Every line of a code block, and every span of code in the text."""
    text = page.read_text(encoding="utf-8")
    for block in FENCE.finditer(text):
        yield from (line.strip().removeprefix("$ ") for line in block.group().splitlines()[1:-1])
    rest = FENCE.sub("", text)
    yield from (line.strip() for line in rest.splitlines() if line.startswith("    "))
    yield from SPAN.findall(rest)


def _calls(page: Path, program: str) -> list[list[str]]:
    """The arguments of every call of the program, without a remark behind it."""
    call = re.compile(rf"(?:uv run |\.venv/bin/)?{program} (?P<words>.*?)(?: {{2,}}.*)?")
    found = [call.fullmatch(line) for line in _quoted(page)]
    return [shlex.split(match["words"], comments=True) for match in found if match]


def _wrong(words: list[str]) -> str | None:
    """What of a call LeadBridge does not know: a command of the path, or an option."""
    reached: Any = command()
    context = reached.context_class(reached, info_name="leadbridge")
    for word in words:
        if word.startswith("-"):
            option = word.partition("=")[0]
            known = {name for parameter in reached.get_params(context) for name in parameter.opts}
            if option not in known:
                return f"{context.command_path} has no option {option}"
        elif hasattr(reached, "get_command"):
            below = reached.get_command(context, word)
            if below is None and re.fullmatch(r"[a-z-]+", word):
                return f"{context.command_path} has no command {word}"
            if below is None:  # a placeholder, such as COMMAND
                return None
            context = below.context_class(below, info_name=word, parent=context)
            reached = below
    return None


@pytest.mark.parametrize("page", PAGES, ids=_named)
def test_commands_that_a_page_names_exist(page: Path) -> None:
    wrong = [problem for words in _calls(page, "leadbridge") if (problem := _wrong(words))]

    assert wrong == []


@pytest.mark.parametrize("page", PAGES, ids=_named)
def test_make_targets_that_a_page_names_exist(page: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))

    assert {words[0] for words in _calls(page, "make")} <= targets


@pytest.mark.parametrize("page", PAGES, ids=_named)
def test_links_of_a_page_lead_somewhere(page: Path) -> None:
    links = [link for link in LINK.findall(FENCE.sub("", page.read_text(encoding="utf-8"))) if "://" not in link]

    assert [link for link in links if not _resolves(page, link)] == []


def test_the_checks_see_what_they_are_for() -> None:
    readme = ROOT / "README.md"

    assert len(_calls(readme, "leadbridge")) > 5
    assert _calls(readme, "make")
    assert _wrong(["leads", "--jsn"]) == "leadbridge leads has no option --jsn"
    assert _wrong(["mappings", "lnt"]) == "leadbridge mappings has no command lnt"


def test_page_of_commands_is_what_they_say_themselves() -> None:
    made = runpy.run_path(str(ROOT / "tools" / "make_cli_docs.py"))

    assert (ROOT / "docs" / "cli.md").read_text(encoding="utf-8") == made["page"](), "run: make docs"


def _resolves(page: Path, link: str) -> bool:
    path, _, anchor = link.partition("#")
    target = (page.parent / path).resolve() if path else page
    if not target.exists() or not target.is_relative_to(ROOT):
        return False
    return not anchor or anchor in map(_anchor, HEADING.findall(target.read_text(encoding="utf-8")))


def _anchor(heading: str) -> str:
    """A heading's anchor, as the common hosts make it."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")
