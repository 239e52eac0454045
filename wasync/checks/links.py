"""Finding links in a text, and where an address leads."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from unicodedata import normalize

_LISTED = """
    app biz click club com dev info link live net online org page promo shop site store top vip win xyz
    ac ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo br bs bt bw by bz
    ca cc cd cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg er es et eu fi fj fk
    fm fo fr ga gd ge gf gg gh gi gl gm gn gp gq gr gs gt gu gw gy hk hm hn hr ht hu id ie il im in io iq ir
    is it je jm jo jp ke kg kh ki km kn kp kr kw ky kz la lb lc li lk lr ls lt lu lv ly ma mc md me mg mh mk
    ml mm mn mo mp mq mr ms mt mu mv mw mx my mz na nc ne nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pl
    pm pn pr ps pt pw py qa re ro rs ru rw sa sb sc sd se sg sh si sk sl sm sn so sr ss st su sv sx sy sz tc
    td tf tg th tj tk tl tm tn to tr tt tv tw tz ua ug uk us uy uz va vc ve vg vi vn vu wf ws ye yt za zm zw
"""
_ENDINGS = frozenset(_LISTED.split())
"""What a bare host ends in: countries' domains, and the general ones that messages use most."""
_DOT = re.compile(r"\.\w")
_LINK = re.compile(
    r"https?://[^\s<>\"]+|www\.[^\s<>\"]+|(?<![\w@.-])(?:[\w-]+\.)+[^\W\d_]{2,}(?::\d+)?/[^\s<>\"]*",
    re.IGNORECASE,
)
_BARE = re.compile(r"(?<![\w@.-])(?:[a-z0-9-]+\.)+([a-z]{2,})(?![\w@-]|\.\w)")
_AFTER = ".,;:!?)]}'*_~`’”»"
_SCHEME = re.compile(r"https?:[\\/]*", re.IGNORECASE)
_PLAIN = re.compile(r"https?://([a-z0-9](?:[a-z0-9]|-(?!-)|\.(?=[a-z0-9]))*)(?:/|\Z)")
"""An address of whose host nobody can be in doubt."""
_HOST = re.compile(r"[\w-]+(\.[\w-]+)*")


def links_in(text: str) -> Iterator[str]:
    """Each piece of a text that WhatsApp may make a link of.

    With a scheme or `www.` anything is one; before a slash any host is; a bare host is where it is written
    small and ends as hosts end. So a space forgotten after a full stop ("today.It") makes no link.
    """
    for found in _LINK.finditer(text):
        yield found[0].rstrip(_AFTER)
    for found in _BARE.finditer(_LINK.sub(" ", text)):
        if found[1] in _ENDINGS:
            yield found[0]


def may_link(text: str) -> bool:
    """Whether links_in() may find anything; fast."""
    return ("." in text and _DOT.search(text) is not None) or "://" in text


def host_of(address: str) -> str:
    """The host that a browser opens for an address, as domains are compared; "" where there is none."""
    if plain := _PLAIN.match(address):
        return plain[1]
    # Browsers read \ as /, and all before @ as a user's name.
    rest = _SCHEME.sub("", address, count=1) if _SCHEME.match(address) else address
    host = re.split(r"[/?#\\]", rest, maxsplit=1)[0].rpartition("@")[2]
    return _comparable(re.sub(r":\d*$", "", host))


def is_allowed(host: str, domains: Sequence[str]) -> bool:
    """Whether a host is one of the domains; `*.acme.example` stands for every host below acme.example."""
    if not _HOST.fullmatch(host):
        return False  # with a variable in it, or written in a way that only browsers read, it leads anywhere
    for domain in domains:
        if domain.startswith("*."):
            if host.endswith("." + _comparable(domain[2:])):
                return True
        elif host == _comparable(domain):
            return True
    return False


@lru_cache(1000)
def _comparable(host: str) -> str:
    host = normalize("NFKC", host).replace("。", ".").casefold().rstrip(".")
    if host.isascii() and "xn--" not in host:
        return host
    return ".".join(map(_spelt, host.split(".")))


def _spelt(label: str) -> str:
    """A label in letters, where it is given as xn--."""
    if not label.startswith("xn--"):
        return label
    try:
        return label.removeprefix("xn--").encode("ascii").decode("punycode")
    except UnicodeError:
        return label
