"""The in-process door: a transport adapter that hands requests to the WSGI app without a socket."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Mapping
from types import TracebackType
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes, urlsplit

import requests
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict

from wasync.emulator.app import TIMEOUT_KEY
from wasync.emulator.faults import DroppedConnectionError, TooSlowError

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_ExcInfo = tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None]


class EmulatorAdapter(BaseAdapter):
    """Mount it for any base URL; dropped connections and timeouts raise what a real socket would."""

    def __init__(self, app: Callable[[WSGIEnvironment, StartResponse], Iterable[bytes]]) -> None:
        super().__init__()
        self._app = app

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,  # noqa: ARG002 - the signature is that of requests
        timeout: float | tuple[float, float] | tuple[float, None] | None = None,
        verify: bool | str = True,  # noqa: ARG002
        cert: bytes | str | tuple[bytes | str, bytes | str] | None = None,  # noqa: ARG002
        proxies: Mapping[str, str] | None = None,  # noqa: ARG002
    ) -> requests.Response:
        """Answer one prepared request."""
        status: list[str] = []
        headers: CaseInsensitiveDict[str] = CaseInsensitiveDict()

        def start_response(
            line: str, given: list[tuple[str, str]], exc_info: _ExcInfo | None = None, /
        ) -> Callable[[bytes], object]:
            del exc_info
            status.append(line)
            headers.update(given)
            return io.BytesIO().write

        try:
            body = b"".join(self._app(_environ(request, timeout), start_response))
        except DroppedConnectionError:
            raise requests.ConnectionError(
                "Connection aborted: remote end closed connection without response",
                request=request,
            ) from None
        except TooSlowError:
            raise requests.ReadTimeout("Read timed out.", request=request) from None
        response = requests.Response()
        code, _, response.reason = status[0].partition(" ")
        response.status_code = int(code)
        response.headers = headers
        response.url = request.url or ""
        response.request = request
        response.raw = io.BytesIO(body)
        response.encoding = requests.utils.get_encoding_from_headers(headers)
        return response

    def close(self) -> None:
        """Nothing to close."""


def _environ(
    request: requests.PreparedRequest, timeout: float | tuple[float, float] | tuple[float, None] | None
) -> WSGIEnvironment:
    address = urlsplit(request.url or "")
    given = request.body or b""
    body = (
        given.encode() if isinstance(given, str) else given if isinstance(given, bytes) else b"".join(given)
    )
    environ: WSGIEnvironment = {
        "REQUEST_METHOD": request.method or "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(address.path or "/").decode("latin-1"),
        "QUERY_STRING": address.query,
        "SERVER_NAME": address.hostname or "localhost",
        "SERVER_PORT": str(address.port or (443 if address.scheme == "https" else 80)),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": address.scheme,
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        TIMEOUT_KEY: timeout[1] if isinstance(timeout, tuple) else timeout,
    }
    for name, value in (request.headers or {}).items():
        key = name.upper().replace("-", "_")
        if key == "CONTENT_TYPE":
            environ[key] = value
        elif key != "CONTENT_LENGTH":
            environ[f"HTTP_{key}"] = value
    return environ
