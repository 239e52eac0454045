"""A real S3 server over HTTP on this machine (moto's), and a store that dies when a test says so."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
import requests
from moto.server import ThreadedMotoServer
from obstore.store import MemoryStore

from wasync.state.objects import ChangedMeanwhileError, Objects, Stored, open_objects

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

    from obstore import UpdateVersion

BUCKET, KEY = "team", "wasync/prod.json"


@contextmanager
def s3_server() -> Iterator[dict[str, str]]:
    """The environment that reaches the server; BUCKET is there and empty."""
    # Its lines about each request would stand among what a run of wasync prints.
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        requests.put(f"http://{host}:{port}/{BUCKET}", timeout=10).raise_for_status()
        yield {
            "AWS_ENDPOINT_URL": f"http://{host}:{port}",
            "AWS_ACCESS_KEY_ID": "AKIATEST",
            "AWS_SECRET_ACCESS_KEY": "very-secret",
            "AWS_REGION": "us-east-1",
        }
    finally:
        server.stop()


@pytest.fixture(scope="module")
def s3_module() -> Iterator[dict[str, str]]:
    with s3_server() as environ:
        yield environ


@pytest.fixture
def s3(s3_module: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The server with an empty bucket, and this process's environment set to reach it."""
    for name in [name for name in os.environ if name.startswith(("AWS_", "GOOGLE_", "AZURE_"))]:
        monkeypatch.delenv(name)
    for name, value in s3_module.items():
        monkeypatch.setenv(name, value)
    url = s3_module["AWS_ENDPOINT_URL"]
    requests.post(f"{url}/moto-api/reset", timeout=10).raise_for_status()
    requests.put(f"{url}/{BUCKET}", timeout=10).raise_for_status()
    return s3_module


def bucket(environ: dict[str, str]) -> Objects:
    """The bucket as wasync opens it."""
    return open_objects("s3", BUCKET, environ)


def memory() -> Objects:
    """A store in this process: the code path of gs:// and az:// up to obstore."""
    return Objects("gs://team", MemoryStore())


class Died(BaseException):
    """The process ended here."""


class DyingObjects(Objects):
    """Dies before, or after, its n-th operation, and does nothing from then on."""

    def __init__(self, inner: Objects, left: int, *, after: bool = False) -> None:
        self.url, self._inner, self._left, self._after = inner.url, inner, left, after

    def _step(self) -> None:
        self._left -= 1
        if self._left <= 0 and not (self._after and self._left == 0):
            raise Died

    def _end(self) -> None:
        if self._after and self._left == 0:
            raise Died

    def get(self, name: str) -> Stored | None:
        self._step()
        found = self._inner.get(name)
        self._end()
        return found

    def create(self, name: str, data: bytes) -> UpdateVersion:
        self._step()
        version = self._inner.create(name, data)
        self._end()
        return version

    def replace(self, name: str, data: bytes, version: UpdateVersion) -> UpdateVersion:
        self._step()
        version = self._inner.replace(name, data, version)
        self._end()
        return version

    def put(self, name: str, data: bytes) -> None:
        self._step()
        self._inner.put(name, data)
        self._end()

    def remove(self, name: str) -> None:
        self._step()
        self._inner.remove(name)
        self._end()

    def names(self, folder: str) -> list[str]:
        self._step()
        names = self._inner.names(folder)
        self._end()
        return names


class ForgetfulObjects(DyingObjects):
    """Loses the answer of its first create: sent again, that meets the object it made itself."""

    def __init__(self, inner: Objects) -> None:
        super().__init__(inner, 1_000_000)
        self._lost = False

    def create(self, name: str, data: bytes) -> UpdateVersion:
        version = super().create(name, data)
        if not self._lost:
            self._lost = True
            raise ChangedMeanwhileError(name)
        return version


class _Quiet(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


@contextmanager
def served(app: WSGIApplication) -> Iterator[str]:
    """The address of a server that answers as the app does."""
    server = make_server("127.0.0.1", 0, app, handler_class=_Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
