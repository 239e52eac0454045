"""The few operations on objects that a remote state is made of, each an instant at which a run may die."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from wasync.model.errors import WasyncError

if TYPE_CHECKING:
    from obstore import UpdateVersion
    from obstore.store import ClientConfig, ObjectStore, RetryConfig

_LOOPBACK = re.compile(r"http://(localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])(:\d+)?(/|$)")
_CREDENTIALS = {
    "s3": "Set AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_REGION, or run where a role gives them.",
    "gs": "Set GOOGLE_APPLICATION_CREDENTIALS, or run where a service account gives them.",
    "az": "Set AZURE_STORAGE_ACCOUNT_NAME and AZURE_STORAGE_ACCOUNT_KEY, or run where a role gives them.",
}


class ChangedMeanwhileError(Exception):
    """A conditional write met another version of the object than it expects; nothing was written."""


class Stored(NamedTuple):
    """An object as it was read. `modified` is by the store's clock."""

    data: bytes
    version: UpdateVersion
    modified: datetime


class Objects:
    """One bucket or container. Every method raises WasyncError that names the object, and never a secret.

    It is passed as an argument, so that tests can stop a run between any two.
    """

    def __init__(self, url: str, store: ObjectStore) -> None:
        self.url = url.rstrip("/")
        self._store = store

    def get(self, name: str) -> Stored | None:
        """The whole object, or None when there is none."""
        from obstore.exceptions import BaseError

        try:
            found = self._store.get(name)
            meta = found.meta
            version = _version(meta["e_tag"], meta["version"])
            return Stored(bytes(found.bytes()), version, meta["last_modified"])
        except (FileNotFoundError, BaseError) as problem:
            if isinstance(problem, FileNotFoundError) and not _no_bucket(problem):
                return None
            raise self._failed("read", name, problem) from None

    def create(self, name: str, data: bytes) -> UpdateVersion:
        """A new object; ChangedMeanwhileError when there is one."""
        return self._write(name, data, "create")

    def replace(self, name: str, data: bytes, version: UpdateVersion) -> UpdateVersion:
        """Another content for the version that was read; ChangedMeanwhileError when that is gone."""
        return self._write(name, data, version)

    def put(self, name: str, data: bytes) -> None:
        """Write, whatever is there."""
        self._write(name, data, "overwrite")

    def remove(self, name: str) -> None:
        """Remove an object; none there is fine."""
        from obstore.exceptions import BaseError

        try:
            self._store.delete(name)
        except (FileNotFoundError, BaseError) as problem:
            if _no_bucket(problem) or not isinstance(problem, FileNotFoundError):
                raise self._failed("remove", name, problem) from None

    def names(self, folder: str) -> list[str]:
        """Every object below a folder, sorted."""
        from obstore.exceptions import BaseError

        try:
            return sorted(meta["path"] for page in self._store.list(f"{folder}/") for meta in page)
        except (FileNotFoundError, BaseError) as problem:
            raise self._failed("list", f"{folder}/", problem) from None

    def _write(self, name: str, data: bytes, mode: str | UpdateVersion) -> UpdateVersion:
        from obstore.exceptions import AlreadyExistsError, BaseError, PreconditionError

        try:
            result = self._store.put(name, data, mode=mode, use_multipart=False)  # type: ignore[arg-type]
        except (AlreadyExistsError, PreconditionError):
            raise ChangedMeanwhileError(name) from None
        except (FileNotFoundError, BaseError) as problem:
            if isinstance(problem, FileNotFoundError) and not _no_bucket(problem):
                raise ChangedMeanwhileError(name) from None
            raise self._failed("write", name, problem) from None
        return _version(result["e_tag"], result["version"])

    def shown(self, name: str) -> str:
        """An object as messages name it."""
        return f"{self.url}/{name}"

    def _failed(self, what: str, name: str, problem: Exception) -> WasyncError:
        reason, fix = _reason(self.url.partition(":")[0], problem)
        return WasyncError(f"{self.shown(name)}: cannot {what}: {reason}.", fix)


def open_objects(scheme: str, bucket: str, environ: Mapping[str, str]) -> Objects:
    """The bucket that `state:` names. Credentials and endpoint come from the environment, by obstore."""
    try:
        from obstore.exceptions import BaseError
        from obstore.store import AzureStore, GCSStore, S3Store
    except ModuleNotFoundError as error:
        raise WasyncError(
            f"state: {scheme}:// needs the package obstore, which is not installed.",
            "pip install 'wasync[cloud]'",
        ) from error
    url = f"{scheme}://{bucket}"
    client: ClientConfig = {"timeout": timedelta(seconds=10), "connect_timeout": timedelta(seconds=3)}
    endpoints = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT")
    if scheme == "s3" and any(_LOOPBACK.match(environ.get(name, "")) for name in endpoints):
        # Without TLS only to this machine: what runs there sees the credentials anyhow.
        client["allow_http"] = True
    retry: RetryConfig = {
        "max_retries": 2,
        "retry_timeout": timedelta(seconds=10),
        "backoff": {
            "init_backoff": timedelta(milliseconds=100),
            "max_backoff": timedelta(seconds=2),
            "base": 2,
        },
    }
    kinds = {"s3": S3Store, "gs": GCSStore, "az": AzureStore}
    try:
        store = kinds[scheme](bucket, client_options=client, retry_config=retry)
    except (BaseError, ValueError, OSError) as problem:
        reason, fix = _reason(scheme, problem)
        raise WasyncError(f"{url}: cannot be opened: {reason}.", fix) from None
    return Objects(url, store)


def no_conditions(place: str) -> WasyncError:
    """The error about a store that writes whatever the condition: two runs would write over each other."""
    return WasyncError(
        f"{place}: this store does not honour conditional writes; nothing was applied.",
        "Use a store that does, or a file on a disk that the runs share.",
    )


def _version(e_tag: str | None, version: str | None) -> UpdateVersion:
    # Not None for what is missing: obstore takes it for a wrong type.
    found: UpdateVersion = {}
    if e_tag is not None:
        found["e_tag"] = e_tag
    if version is not None:
        found["version"] = version
    return found


def _no_bucket(problem: Exception) -> bool:
    text = str(problem)
    return any(sign in text for sign in ("NoSuchBucket", "ContainerNotFound", "bucket does not exist"))


def _reason(scheme: str, problem: Exception) -> tuple[str, str]:
    """What happened and what to do. The text is only searched: it may quote headers and signed addresses."""
    from obstore.exceptions import NotSupportedError, PermissionDeniedError, UnauthenticatedError

    text = str(problem)
    status = re.search(r"status code: (\d{3})", text)
    number = status[1] if status else ""
    if any(sign in text for sign in ("169.254.169.254", "metadata", "MissingAccount", "Account must be")):
        return "the environment has no credentials for it", _CREDENTIALS[scheme]
    if _no_bucket(problem):
        return "there is no such bucket", "Create it, or correct `state:` in wasync.yaml."
    if isinstance(problem, PermissionDeniedError | UnauthenticatedError) or number in ("401", "403"):
        fix = "Let the credentials in the environment read, write, list and delete below this key."
        return "the store refused the credentials", fix
    if isinstance(problem, NotSupportedError) or number == "501":
        return "this store does not support that", "Use a store that honours conditional writes."
    if "error sending request" in text or "timed out" in text or "timeout" in text.lower().split("retry_")[0]:
        return (
            "the store cannot be reached",
            "Look at the network and the endpoint, then run again: nothing is lost.",
        )
    what = f"the store answered {number}" if number else "the store failed"
    return what, "Run again; if it stays, look at the store, its region and the environment."
