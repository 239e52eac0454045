"""wasync.yaml to Config: found, read, checked; every mistake at its place."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NoReturn

from wasync.checks.schema import check_project_file
from wasync.model.config import Account, Breaking, Config, Limits, Prune, remote_state
from wasync.model.errors import InputError
from wasync.model.organisation import NO_POLICY, Organisation
from wasync.model.template import JSON, Document, Finding, Place, Problem, Severity
from wasync.project.policy import organisation
from wasync.project.yaml_reader import Spotted, read

CONFIG_FILE = "wasync.yaml"

_BASE_URL, _GRAPH_VERSION = "https://graph.facebook.com", "v26.0"
_GRAPH = r"https://graph\.facebook\.com/?"
# A pull request's author writes this file: no other host may get the token. Anchored, so that neither
# graph.facebook.com@evil.example nor 127.0.0.1.evil.example passes.
_LOOPBACK = r"https?://(localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])(:\d{1,5})?/?"
_VERSION = r"v\d+\.\d+"
# A file or document they are about is left out of what is desired, or stands in another's place.
_HIDE_TEMPLATES = frozenset(f"WA{number:03}" for number in (1, 2, 3, 4, 6, 7, 8, 9, 11, 12, 13, 14, 16))


def find_root(start: Path) -> Path:
    """The folder of wasync.yaml: `start` or the nearest parent that has one, up to the git root."""
    folder = start.resolve()
    for place in (folder, *folder.parents):
        if (place / CONFIG_FILE).is_file():
            return place
        if (place / ".git").exists():
            break
    raise InputError(
        f"There is no {CONFIG_FILE} in {folder.name or folder} nor in a folder above it.",
        "Run `wasync init` to begin a project here, or name one with --project DIR.",
    )


def load_config(root: Path, environ: Mapping[str, str]) -> Config:
    """Read wasync.yaml of the project at `root`. Raises InputError with every finding.

    `WASYNC_BASE_URL` and `WASYNC_GRAPH_VERSION` beat the file; no other variable is read here.
    """
    try:
        data = (root / CONFIG_FILE).read_bytes()
    except OSError as error:
        raise InputError(
            f"{CONFIG_FILE} in {root.name or root} cannot be read: {error.strerror}.",
            "Run `wasync init` there, or name the project's folder with --project DIR.",
        ) from None
    reading = read(data)
    bodies = [(body, lines) for body, lines in reading.documents if body is not None]
    if len(bodies) != 1 or not isinstance(body := bodies[0][0], dict):
        message = f"{CONFIG_FILE} is written as `key: value` lines, and this is not"
        wrong = Problem("WA004", message, "Begin with version: 1, then accounts:.")
        _refuse(root, reading.spotted, [] if reading.spotted else [wrong])
    document = Document(CONFIG_FILE, 0, "wasync", body, bodies[0][1])
    problems = check_project_file(document)
    ours = NO_POLICY
    if not problems:
        policy = body.get("policy")
        if isinstance(policy, dict):
            ours, problems = organisation(policy, str(root))
        problems = [*_further(body, environ, ours), *problems]
    errors = [one for one in reading.spotted if one.rule != "WA010"]
    if problems or errors:
        _refuse(root, reading.spotted, problems)
    return _config(root, body, environ, bodies[0][1])._replace(organisation=ours)


def _refuse(root: Path, spotted: Sequence[Spotted], problems: Sequence[Problem]) -> NoReturn:
    from wasync.project.places import Places, sort_findings

    places = Places(str(root), {})
    findings: list[Finding] = places.spotted(CONFIG_FILE, spotted)
    findings += places.problems(CONFIG_FILE, 0, problems)
    many = "1 mistake" if len(findings) == 1 else f"{len(findings)} mistakes"
    others = {one.place.file for one in findings if one.place} - {CONFIG_FILE}
    where = f"{CONFIG_FILE} and what it names have" if others else f"{CONFIG_FILE} has"
    raise InputError(f"{where} {many}.", "Correct it and run again.", sort_findings(findings))


def _further(body: Mapping[str, JSON], environ: Mapping[str, str], ours: Organisation) -> list[Problem]:
    """What the schema cannot say. The body has passed it."""
    problems: list[Problem] = []
    match body.get("graph"):
        case {"base_url": str(url)} if "WASYNC_BASE_URL" not in environ and not _allowed(url):
            message = "base_url may be https://graph.facebook.com or a loopback address, and nothing else"
            fix = "Remove it; to use another host set WASYNC_BASE_URL where wasync runs."
            problems.append(Problem("WA004", message, fix, ("graph", "base_url")))
    for index, glob in enumerate(_texts(body, "templates")):
        parts = glob.split("/")
        if glob.startswith("/") or ".." in parts or "\\" in glob:
            message = f"the glob `{glob}` must stay inside the project"
            fix = "Write it relative to wasync.yaml, with /, without `..`: templates/**/*.yaml."
            problems.append(Problem("WA004", message, fix, ("templates", index)))
        elif any("**" in part and part != "**" for part in parts):
            message = f"in the glob `{glob}` ** must stand alone between slashes"
            problems.append(Problem("WA004", message, "Write templates/**/*.yaml.", ("templates", index)))
    state = body.get("state")
    if isinstance(state, str) and "://" in state:
        if remote_state(state) is None:
            message = (
                "the state is a path, or an object: s3://bucket/key, gs://bucket/key, az://container/key"
            )
            fix = "Write it like s3://my-bucket/wasync/state.json; endpoint and credentials are set outside."
            problems.append(Problem("WA004", message, fix, ("state",)))
    elif isinstance(state, str) and (state.startswith("/") or ".." in state.split("/")):
        message, fix = "the state file must lie inside the project", "Write state: .wasync/state.json."
        problems.append(Problem("WA004", message, fix, ("state",)))
    for name, given in _mapping(body, "accounts").items():
        for key in ("token_env", "app_secret_env"):
            # Meta's tokens are good names of variables; whoever pastes one here must hear it at once.
            if isinstance(given, dict) and str(given.get(key)).startswith("EAA"):
                message = f"{key} names an environment variable, and this looks like a token itself"
                fix = "Replace that token: it is leaked. Put the new one into a variable and name that here."
                problems.append(Problem("WA004", message, fix, ("accounts", name, key)))
    problems += _shared_prune(_mapping(body, "accounts"))
    for rule, severity in _mapping(body, "rules").items():
        if not (rule in ours.python or any(rule in schema.rules for schema in ours.schemas)):
            problems += _wrong_rule(rule, severity)
    return problems


def _shared_prune(accounts: Mapping[str, JSON]) -> list[Problem]:
    """Entries of one account share its memory: what one of them does not select looks pruned to it."""
    problems: list[Problem] = []
    names: dict[str, list[str]] = {}
    for name, given in accounts.items():
        if isinstance(given, dict):
            names.setdefault(str(given.get("waba_id")), []).append(name)
    for name, given in accounts.items():
        if isinstance(given, dict) and given.get("prune") == Prune.DELETE:
            others = [other for other in names[str(given.get("waba_id"))] if other != name]
            if others:
                message = (
                    f"accounts {others[0]} and {name} have one waba_id; prune would delete"
                    f" what only {others[0]} selects"
                )
                fix = "Write prune: never, or make them one account."
                problems.append(Problem("WA004", message, fix, ("accounts", name, "prune")))
    return problems


def _wrong_rule(rule: str, severity: JSON) -> list[Problem]:
    from wasync.checks import RULES

    if rule in RULES:
        if rule not in _HIDE_TEMPLATES or severity == Severity.ERROR:
            return []
        message = f"{rule} stays an error: with it templates are missing, and prune would delete them"
        return [Problem("WA004", message, "Remove it, and mend the files it finds.", ("rules", rule))]
    fix = "Remove it, or write the one meant; `wasync explain` lists the rules."
    return [Problem("WA004", f"there is no rule {rule}", fix, ("rules", rule), at_key=True)]


def _allowed(url: str) -> bool:
    return re.fullmatch(f"{_GRAPH}|{_LOOPBACK}", url) is not None


def _config(
    root: Path, body: Mapping[str, JSON], environ: Mapping[str, str], lines: Mapping[str, int]
) -> Config:
    graph = _mapping(body, "graph")
    limits = _mapping(body, "limits")
    base_url = environ.get("WASYNC_BASE_URL") or _text(graph, "base_url") or _BASE_URL
    version = environ.get("WASYNC_GRAPH_VERSION") or _text(graph, "version") or _GRAPH_VERSION
    _check_overrides(base_url, version)
    return Config(
        root=str(root.resolve()),
        accounts=tuple(
            _account(name, given, Place(CONFIG_FILE, lines.get(name, 1), 3))
            for name, given in _mapping(body, "accounts").items()
            if isinstance(given, dict)
        ),
        templates=_texts(body, "templates") or ("templates/**/*.yaml",),
        owns=_texts(body, "owns"),
        graph_version=version,
        base_url=base_url.rstrip("/"),
        limits=Limits(
            updates=_number(limits, "updates", None),
            updates_percent=_number(limits, "updates_percent", None),
            deletes=_number(limits, "deletes", 5),
            deletes_percent=_number(limits, "deletes_percent", 20),
        ),
        protect=_texts(body, "protect"),
        breaking=Breaking(_text(_mapping(body, "policy"), "breaking") or Breaking.WARN),
        severities={rule: Severity(str(severity)) for rule, severity in _mapping(body, "rules").items()},
        state=_text(body, "state") or ".wasync/state.json",
    )


def _account(name: str, given: Mapping[str, JSON], place: Place) -> Account:
    return Account(
        name=name,
        waba_id=_text(given, "waba_id") or "",
        app_id=_text(given, "app_id"),
        token_env=_text(given, "token_env"),
        token_command=_texts(given, "token_command"),
        app_secret_env=_text(given, "app_secret_env"),
        values={key: "" if value is None else str(value) for key, value in _mapping(given, "vars").items()},
        prune=Prune(_text(given, "prune") or Prune.NEVER),
        select=_texts(given, "select") or ("*",),
        place=place,
    )


def _check_overrides(base_url: str, version: str) -> None:
    if not re.fullmatch(r"https?://[^\s/@?#]+(/[^\s?#]*)?", base_url):
        raise InputError(
            "WASYNC_BASE_URL is no address.", "Write it like https://graph.facebook.com, or unset it."
        )
    if not re.fullmatch(_VERSION, version):
        raise InputError("WASYNC_GRAPH_VERSION is no version.", "Write it like v26.0, or unset it.")


def _mapping(data: Mapping[str, JSON], key: str) -> Mapping[str, JSON]:
    value = data.get(key)
    return value if isinstance(value, dict) else {}


def _text(data: Mapping[str, JSON], key: str) -> str | None:
    value = data.get(key)
    return None if value is None else str(value)


def _texts(data: Mapping[str, JSON], key: str) -> tuple[str, ...]:
    value = data.get(key)
    return tuple(map(str, value)) if isinstance(value, list) else ()


def _number(data: Mapping[str, JSON], key: str, default: int | None) -> int | None:
    value = data.get(key)
    return value if isinstance(value, int) else default
