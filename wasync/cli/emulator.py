"""wasync emulator: serve the emulated Graph API on loopback, and steer it or the sandbox."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import click

from wasync.cli.options import Options, sandbox_options
from wasync.model.errors import Exit, WasyncError
from wasync.model.template import JSON

_FIRST_WORD = {"reject": "reason", "recategorise": "category", "clock": "by"}
"""What a word that is neither JSON nor NAME/LANGUAGE means to an operation."""


@click.group("emulator")
def command() -> None:
    """Serve the Graph API emulator on loopback, or steer it."""


@command.command("serve")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=0,
    show_default=True,
    help="Port on 127.0.0.1; 0 takes a free one.",
)
@click.option(
    "--seed", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Folder of JSON templates."
)
@click.option("--state", type=click.Path(dir_okay=False, path_type=Path), help="File that keeps the state.")
@click.option("--latency", type=float, help="Seconds each request takes.")
@click.option("--review", type=float, help="Seconds a review takes.")
def serve(
    port: int, seed: Path | None, state: Path | None, latency: float | None, review: float | None
) -> int:
    """Serve until Ctrl-C. The first line on stdout is the URL and a token."""
    try:
        from wasync.emulator import serve as door
    except ModuleNotFoundError as error:
        raise WasyncError(
            f"The emulator needs the package {error.name}, which is not installed.",
            "pip install 'wasync[emulator]'",
        ) from error

    def announce(url: str, token: str) -> None:
        click.echo(f"{url} {token}")

    try:
        door.serve(
            announce, port=port, seed=seed, state=state, latency_seconds=latency, review_seconds=review
        )
    except (OSError, ValueError) as error:
        raise WasyncError(
            f"The emulator cannot start: {error}.", "Mend that, or choose another --port."
        ) from error
    return 0


@command.command("ctl")
@sandbox_options
@click.option("--url", envvar="WASYNC_EMULATOR_URL", help="Where the emulator serves; not with --sandbox.")
@click.option("--header", help="edit: the header's new text.")
@click.option("--body", help="edit: the body's new text.")
@click.option("--footer", help="edit: the footer's new text.")
@click.argument("operation")
@click.argument("words", nargs=-1, metavar="[ARGUMENT]...")
def ctl(
    options: Options,
    url: str | None,
    header: str | None,
    body: str | None,
    footer: str | None,
    operation: str,
    words: tuple[str, ...],
) -> int:
    """Do to the emulated account what Meta, other people and time do.

    \b
    approve NAME/LANG            reject REASON NAME/LANG            clock +1h
    edit NAME/LANG --body TEXT   recategorise CATEGORY NAME/LANG    dump, calls, reset
    pause, disable, archive, delete NAME/LANG                       fault JSON, clear-faults

    Every operation takes its fields as JSON too; docs/emulator.md lists them.
    """
    given: dict[str, JSON] = {}
    for word in words:
        given |= _read_word(operation, word)
    texts = {"header": header, "body": body, "footer": footer}
    given |= {part: text for part, text in texts.items() if text is not None}
    answer = _in_sandbox(options, operation, given) if options.sandbox else _at(url, operation, given)
    click.echo(json.dumps(answer, ensure_ascii=False, indent=2))
    return 0


def _read_word(operation: str, word: str) -> dict[str, JSON]:
    if word.startswith("{"):
        try:
            data: JSON = json.loads(word)
        except ValueError as error:
            raise WasyncError(
                f"{word!r} is not JSON: {error}.", "Quote it for the shell.", code=Exit.USAGE
            ) from error
        return data if isinstance(data, dict) else {}
    if operation in _FIRST_WORD and "/" not in word:
        return {_FIRST_WORD[operation]: word}
    return {"template": word}


def _said(answer: bytes) -> str:
    """The sentence in an emulator's refusal; of another server's answer, its beginning."""
    try:
        return str(json.loads(answer)["error"])
    except (ValueError, TypeError, KeyError):
        return answer[:200].decode("utf-8", "replace")


def _in_sandbox(options: Options, operation: str, given: Mapping[str, JSON]) -> Mapping[str, JSON]:
    from wasync.cli.project import find_config, sandbox
    from wasync.emulator.control import UnknownOperationError

    emulator = sandbox(Path(find_config(options).root))
    try:
        return emulator.control(operation, **given)
    except UnknownOperationError as error:
        raise WasyncError(f"{error}.", "See wasync emulator ctl --help.", code=Exit.USAGE) from error


def _at(url: str | None, operation: str, given: Mapping[str, JSON]) -> JSON:
    """Speak to a served emulator. Standard library: this is not Meta's API and carries no token."""
    from http import HTTPStatus
    from urllib.error import HTTPError, URLError
    from urllib.parse import urlsplit
    from urllib.request import ProxyHandler, Request, build_opener

    if url is None or urlsplit(url).hostname not in {"127.0.0.1", "localhost", "::1"}:
        raise WasyncError(
            "Which emulator? None is named on this machine.",
            "Give --url http://127.0.0.1:PORT as `wasync emulator serve` printed it, or --sandbox.",
            code=Exit.USAGE,
        )
    request = Request(  # noqa: S310 loopback only, checked above
        f"{url.rstrip('/')}/_emulator/{operation}",
        json.dumps(given).encode(),
        {"Content-Type": "application/json"},
    )
    try:
        with build_opener(ProxyHandler({})).open(request, timeout=30) as response:
            answer: JSON = json.load(response)
            return answer
    except HTTPError as error:
        said = _said(error.read())
        raise WasyncError(
            f"The emulator refused {operation}: {said}",
            "See wasync emulator ctl --help.",
            code=Exit.USAGE if error.code == HTTPStatus.BAD_REQUEST else Exit.FAILED,
        ) from error
    except (URLError, OSError, ValueError) as error:
        raise WasyncError(
            f"No emulator answers at {url}: {error}.", "Start one: wasync emulator serve"
        ) from error
