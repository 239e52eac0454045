"""Samples read back from Meta's media hosts: without the token, and from nowhere else."""

from __future__ import annotations

from urllib.parse import urlsplit

import requests
from requests.adapters import BaseAdapter
from requests.exceptions import RequestException

from wasync.model.errors import GraphError

MEDIA_HOSTS = (".whatsapp.net", ".fbcdn.net")
"""scontent.whatsapp.net was seen (docs/meta-api.md, section B2); the rest is inferred."""
LARGEST = 100 * 1024 * 1024
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_PIECE = 1024 * 1024


def is_media_host(address: str, base_url: str) -> bool:
    """Whether a sample may be fetched there: Meta's media hosts over https, or the emulator of base_url."""
    try:
        parts, base = urlsplit(address), urlsplit(base_url)
        same = (parts.hostname, parts.port) == (base.hostname, base.port)
    except ValueError:
        return False
    host = parts.hostname or ""
    if host in _LOOPBACK:
        return same
    return parts.scheme == "https" and parts.port in {None, 443} and host.endswith(MEDIA_HOSTS)


def fetch_sample(
    address: str, base_url: str, adapter: BaseAdapter | None, timeouts: tuple[float, float]
) -> bytes:
    """Return a sample's bytes. Raises GraphError when it cannot be had; the signed address is never shown."""
    if not is_media_host(address, base_url):
        raise _unfetched("its address is not on one of Meta's media hosts")
    session = requests.Session()
    session.trust_env = urlsplit(address).hostname not in _LOOPBACK
    if adapter is not None:
        session.mount("https://", adapter)
        session.mount("http://", adapter)
    try:
        # `auth` set to do nothing keeps ~/.netrc out of it.
        with session.get(
            address, timeout=timeouts, allow_redirects=False, stream=True, auth=lambda request: request
        ) as response:
            if response.status_code != 200:
                raise _unfetched(f"the media host answered {response.status_code}")
            pieces, size = [], 0
            for piece in response.iter_content(_PIECE):
                size += len(piece)
                if size > LARGEST:
                    raise _unfetched("it is larger than any sample may be")
                pieces.append(piece)
    except RequestException:
        # Only that it failed is kept: the exception's text holds the whole address.
        raise _unfetched("the media host did not answer") from None
    return b"".join(pieces)


def _unfetched(why: str) -> GraphError:
    return GraphError(
        f"The sample could not be fetched: {why}.", "Put the file beside the template yourself."
    )
