"""``leadbridge reviews``: questions that only a person can answer."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Annotated, Final

import typer

from leadbridge.cli.opening import ListByDefault
from leadbridge.cli.options import AsJson, Config, Quiet, Verbose

if TYPE_CHECKING:
    from leadbridge.cli.lines import Line
    from leadbridge.state.model import ReviewRow
    from leadbridge.state.store import Store

app = typer.Typer(
    cls=ListByDefault, help="List open questions, and answer them.", rich_markup_mode=None, add_completion=False
)
ANSWERS = {
    "identity": "same or different",
    "duplicate": "same or different; created or linked meanwhile, it settles itself",
    "delete": "delete or keep",
    "field": "the connection whose value counts, or =VALUE",
    "edited_key": "the id of the record that is meant, or none",
    "uncertain": "the id of the record that is meant, or none",
    "match": "the id of the record that the lead belongs to, or none",
    "leftover": "keep; deleted in the CRM itself, it settles itself",
    "surplus": "keep or different; merged or deleted in the CRM itself, it settles itself",
}
MANY: Final = 20
"""Open questions of one kind up to which all are listed; of more only ``FEW`` unless the kind is asked for."""

FEW: Final = 5


@app.command("list")
def list_(
    kind: Annotated[str | None, typer.Option(metavar="KIND", help="Only those of this kind, and all of them.")] = None,
    config: Config = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = 0,
) -> None:
    """List open questions, each with the answers that it takes; where there are many of a kind, the first few of it."""
    from leadbridge.cli.opening import opened, paged
    from leadbridge.cli.output import print_json_rows
    from leadbridge.cli.paging import page_or_say
    from leadbridge.cli.sync_data import review_data
    from leadbridge.state import reviews

    with opened(config) as (_, store):
        found = paged(store, partial(reviews.page, kind=_known(kind)))
        if as_json:
            print_json_rows({}, "reviews", (review_data(review) for review in found))
            return
        lines = (line for review in found for line in _lines(review)) if kind else _overview(store)
        page_or_say(lines, "No open questions.", quiet)


@app.command()
def answer(  # noqa: PLR0913, PLR0917  (options of a command, each by its own name)
    asked: Annotated[
        str, typer.Argument(metavar="ID|KIND", help="The question's number, or a kind: all open ones of that kind.")
    ],
    said: Annotated[
        str,
        typer.Argument(
            metavar="ANSWER",
            help="Of an identity or a duplicate: same, different. Of a delete: delete, keep. Of a surplus "
            "record: keep, different. Of a leftover: keep. Of a field: the connection whose value counts, or =VALUE. "
            "Of an edited_key, an uncertain create or a match: the record's id, or none.",
        ),
    ],
    config: Config = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = 0,
) -> None:
    """Answer a question, or all of a kind alike; the next run carries the answer out."""
    from leadbridge.cli.opening import opened
    from leadbridge.cli.output import escape, print_json, print_line
    from leadbridge.cli.preview import plural
    from leadbridge.jobs.sync import api

    with opened(config) as (workspace, store):
        if not asked.isdecimal():
            number = api.answer_reviews(workspace, store, _known(asked) or "", said)
            follows = f"{plural(number, 'question')} answered"
            document = {"kind": asked, "answer": said, "answered": number, "follows": follows}
        else:
            follows = api.answer_review(workspace, store, int(asked), said)
            document = {"review": int(asked), "answer": said, "follows": follows}
    if as_json:
        print_json(document)
    elif not quiet:
        print_line(escape(follows))


def _known(kind: str | None) -> str | None:
    """Raises UsageError where there is no such kind of question."""
    from leadbridge.errors import UsageError
    from leadbridge.files.check import suggest

    if kind is not None and kind not in ANSWERS:
        close = suggest(kind, ANSWERS)
        hint = f" (did you mean {close!r}?)" if close else f"; there are: {', '.join(ANSWERS)}"
        raise UsageError(f"there is no kind of question {kind!r}{hint}")
    return kind


def _overview(store: Store) -> Iterator[Line]:
    """All questions, but of a kind of which there are many the first few and their number."""
    from leadbridge.cli.lines import folded
    from leadbridge.cli.opening import paged
    from leadbridge.state import reviews

    with store.read() as snapshot:
        counts = reviews.counts(snapshot)
    for kind, number in counts.items():
        found = paged(store, partial(reviews.page, kind=kind))
        shown = number if number <= MANY else FEW
        yield from (line for review in islice(found, shown) for line in _lines(review))
        if number > shown:
            rest = f"... and {number - shown:,} more of kind {kind}: leadbridge reviews --kind {kind}"
            yield from folded(
                f"{rest}; one answer for all {number:,}: leadbridge reviews answer {kind} ANSWER", 0, hang=4
            )


def _lines(review: ReviewRow) -> Iterator[Line]:
    from leadbridge.cli.lines import folded

    yield from folded(f"{review.id}  {review.kind}: {_asked(review)}", 0, hang=4)
    yield from folded(f"answer with: {ANSWERS.get(review.kind, 'see docs/cli.md')}", 4, "dim")


def _asked(review: ReviewRow) -> str:
    """What is asked, from the body that whoever asks has written."""
    from leadbridge.state.codec import loads

    body = loads(review.body)
    if review.kind == "field":
        places = body.get("places", {})
        claims = [(text or "(blank)", places.get(ref, ref) or c or "set here") for c, ref, text in body["values"]]
        values = " or ".join(f"{text} ({place})" for text, place in claims)
        return f"{review.field}: {values}? ({body['why']})"
    return f"{body['why']} ({', '.join(':'.join(ref) for ref in body['refs'])})"
