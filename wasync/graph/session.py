"""One request out, one answer back: this and samples.py alone know requests, and where the token sits."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
from collections.abc import Callable, Mapping
from http.cookiejar import DefaultCookiePolicy
from typing import BinaryIO
from urllib.parse import urlencode, urlsplit

import requests
from requests.adapters import BaseAdapter
from requests.auth import AuthBase
from requests.exceptions import ConnectTimeout, ProxyError, ReadTimeout, RequestException, SSLError
from urllib3.exceptions import MaxRetryError, NameResolutionError, NewConnectionError

from wasync import __version__
from wasync.graph.errors import Answer, NoAnswer
from wasync.graph.redaction import one_line, redact
from wasync.model.errors import GraphError
from wasync.model.template import JSON

TIMEOUTS = (10.0, 60.0)
"""Seconds to connect, and to wait for each piece of the answer."""
_LOGGED = 4000


class Session:
    """Sends requests to one Graph host with one token.

    The token travels in the Authorization header only, put there by an auth object, since requests
    lets ~/.netrc replace a header set by hand. Redirects are never followed, cookies never kept, and
    no exception of requests ever leaves this class: their texts hold whole URLs.
    """

    def __init__(
        self,
        base_url: str,
        token: str,
        *,
        app_secret: str | None = None,
        read_only: bool = False,
        adapter: BaseAdapter | None = None,
        log: Callable[[str], None] | None = None,
        timeouts: tuple[float, float] = TIMEOUTS,
    ) -> None:
        self._base_url = base_url.rstrip("/")
        self.host = urlsplit(base_url).hostname or base_url
        self._token, self._read_only, self._log, self._timeouts = token, read_only, log, timeouts
        self._proof = _appsecret_proof(app_secret, token) if app_secret else None
        self._secrets = tuple(secret for secret in (token, app_secret, self._proof) if secret)
        self._requests = requests.Session()
        # Proxies and certificates of the environment count, but a loopback host is never behind a proxy.
        self._requests.trust_env = self.host not in {"localhost", "127.0.0.1", "::1"}
        self._requests.headers["User-Agent"] = f"wasync/{__version__}"
        self._requests.headers["Accept"] = "application/json"
        self._requests.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))
        if adapter is not None:
            self._requests.mount("https://", adapter)
            self._requests.mount("http://", adapter)
        # At level DEBUG urllib3 logs each URL with its query, and one of ours may hold `input_token`.
        logging.getLogger("urllib3.connectionpool").setLevel(logging.INFO)

    def close(self) -> None:
        """Give the connections back."""
        self._requests.close()

    def redact(self, text: str) -> str:
        """The text as one line without our token, secret or proof, nor anything that looks like a token."""
        return one_line(redact(text, self._secrets))

    def refuse_writing(self, method: str, doing: str) -> None:
        """In read-only mode, raise for every method but GET."""
        if self._read_only and method != "GET":
            raise GraphError(
                f"Cannot {doing}: wasync is in read-only mode and sends nothing but reads; nothing was sent.",
                "Unset WASYNC_READ_ONLY to let wasync write.",
                stops_run=True,
            )

    def send(
        self,
        method: str,
        path: str,
        *,
        doing: str,
        params: Mapping[str, str],
        body: Mapping[str, JSON] | None = None,
        stream: BinaryIO | bytes | None = None,
        headers: Mapping[str, str] | None = None,
        scheme: str = "Bearer",
    ) -> Answer | NoAnswer:
        """Send one request, once. `path` starts after the host; `body` goes as JSON, `stream` as it is."""
        self.refuse_writing(method, doing)
        query = dict(params)
        self._log_request(method, path, query, body)
        if self._proof is not None:
            query["appsecret_proof"] = self._proof
        try:
            response = self._requests.request(
                method,
                self._base_url + path,
                params=query,
                json=body,
                data=stream,
                headers=dict(headers or {}),
                auth=_Authorization(scheme, self._token),
                timeout=self._timeouts,
                allow_redirects=False,
            )
            content = response.content
        except RequestException as exc:
            # Only the kind of failure is kept: the exception's text holds the whole URL.
            lost = _no_answer(exc, self.host, self._timeouts)
            self._write_log(f"< no answer: {lost.reason}")
            return lost
        answer = Answer(response.status_code, _lower(response.headers), content)
        self._log_answer(answer, response.elapsed.total_seconds())
        return answer

    def _log_request(
        self, method: str, path: str, query: Mapping[str, str], body: Mapping[str, JSON] | None
    ) -> None:
        if self._log is not None:
            shown = f"> {method} {path}" + (f"?{urlencode(query)}" if query else "")
            self._write_log(shown if body is None else f"{shown} {json.dumps(body, ensure_ascii=False)}")

    def _log_answer(self, answer: Answer, seconds: float) -> None:
        if self._log is None:
            return
        shown = f"< {answer.status} {len(answer.content)} bytes in {seconds:.2f} s"
        for name in ("facebook-api-version", "x-business-use-case-usage", "x-app-usage", "x-fb-trace-id"):
            if name in answer.headers:
                shown += f" {name}: {answer.headers[name]}"
        if answer.status >= 300:
            shown += " " + answer.content[:_LOGGED].decode("utf-8", "replace")
        self._write_log(shown)

    def _write_log(self, line: str) -> None:
        if self._log is not None:
            self._log(one_line(redact(line, self._secrets), _LOGGED))


class _Authorization(AuthBase):
    """Sets the Authorization header last, over whatever anything else put there."""

    def __init__(self, scheme: str, token: str) -> None:
        self._value = f"{scheme} {token}"

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = self._value
        return request


def _appsecret_proof(app_secret: str, token: str) -> str:
    # docs/meta-api.md, section H: hex HMAC-SHA256, key the app secret, message the token.
    return hmac.new(app_secret.encode(), token.encode(), hashlib.sha256).hexdigest()


def _lower(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def _no_answer(exc: RequestException, host: str, timeouts: tuple[float, float]) -> NoAnswer:
    """What went wrong on the way. Whatever is not surely unsent counts as sent."""
    cause = exc.args[0].reason if exc.args and isinstance(exc.args[0], MaxRetryError) else None
    match exc:
        case ConnectTimeout():
            return NoAnswer(f"no connection to {host} within {timeouts[0]:g} s", sent=False)
        case ReadTimeout():
            return NoAnswer(f"no answer from {host} within {timeouts[1]:g} s", sent=True)
        case ProxyError():
            return NoAnswer(f"the proxy on the way to {host} refused the connection", sent=False)
        case SSLError():
            return NoAnswer(f"no trusted TLS connection to {host}", sent=False)
        case ValueError():
            return NoAnswer(f"no request to {host} can be made of graph.base_url and the proxy", sent=False)
        case _ if isinstance(cause, NameResolutionError):
            return NoAnswer(f"the host name {host} cannot be resolved", sent=False)
        case _ if isinstance(cause, NewConnectionError):
            return NoAnswer(f"{host} does not accept connections", sent=False)
        case _:
            return NoAnswer(f"the connection to {host} broke before the whole answer came", sent=True)
