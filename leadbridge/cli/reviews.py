"""``leadbridge reviews``: questions that only a person can answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from leadbridge.cli.opening import ListByDefault
from leadbridge.cli.options import AsJson, Config, Quiet, Verbose

if TYPE_CHECKING:
    from leadbridge.cli.lines import Line
    from leadbridge.state.model import ReviewRow

app = typer.Typer(
    cls=ListByDefault, help="List open questions, and answer them.", rich_markup_mode=None, add_completion=False
)
ANSWERS = {
    "identity": "same or different",
    "delete": "delete or keep",
    "field": "the connection whose value counts, or =VALUE",
    "edited_key": "the id of the record that is meant, or none",
    "uncertain": "the id of the record that is meant, or none",
}


@app.command("list")
def list_(config: Config = None, as_json: AsJson = False, quiet: Quiet = False, verbose: Verbose = 0) -> None:
    """List open questions, each with the answers that it takes."""
    from leadbridge.cli.opening import opened, paged
    from leadbridge.cli.output import print_json_rows
    from leadbridge.cli.paging import page_or_say
    from leadbridge.cli.sync_data import review_data
    from leadbridge.state import reviews

    with opened(config) as (_, store):
        found = paged(store, reviews.page)
        if as_json:
            print_json_rows({}, "reviews", (review_data(review) for review in found))
            return
        page_or_say((line for review in found for line in _lines(review)), "No open questions.", quiet)


@app.command()
def answer(  # noqa: PLR0913, PLR0917  (options of a command, each by its own name)
    number: Annotated[int, typer.Argument(metavar="ID", help="The question's number.")],
    said: Annotated[
        str,
        typer.Argument(
            metavar="ANSWER",
            help="Of an identity: same, different. Of a delete: delete, keep. Of a field: the connection whose value "
            "counts, or =VALUE. Of an edited key or an uncertain create: the record's id, or none.",
        ),
    ],
    config: Config = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = 0,
) -> None:
    """Answer a question; the next run carries the answer out."""
    from leadbridge.cli.opening import opened
    from leadbridge.cli.output import escape, print_json, print_line
    from leadbridge.jobs.sync import api

    with opened(config) as (workspace, store):
        follows = api.answer_review(workspace, store, number, said)
    if as_json:
        print_json({"review": number, "answer": said, "follows": follows})
    elif not quiet:
        print_line(escape(follows))


def _lines(review: ReviewRow) -> Iterator[Line]:
    from leadbridge.cli.lines import folded

    yield from folded(f"{review.id}  {review.kind}: {_asked(review)}", 0)
    yield from folded(f"answer with: {ANSWERS.get(review.kind, 'see docs/cli.md')}", 4, "dim")


def _asked(review: ReviewRow) -> str:
    """What is asked, from the body that whoever asks has written."""
    from leadbridge.state.codec import loads

    body = loads(review.body)
    if review.kind == "field":
        claims = [(text or "(blank)", ref or connection or "set here") for connection, ref, text in body["values"]]
        values = " or ".join(f"{text} ({place})" for text, place in claims)
        return f"{review.field}: {values}? ({body['why']})"
    return f"{body['why']} ({', '.join(':'.join(ref) for ref in body['refs'])})"
