"""Rules about what buttons lead to: addresses, phone numbers, coupon codes."""

from __future__ import annotations

import re
from collections.abc import Sequence

from wasync.checks.known import is_avoided
from wasync.checks.registry import Rule, on_template
from wasync.checks.view import PLACEHOLDER, View, button_path
from wasync.model.template import Problem, Severity

MAX_URL = 2000
MAX_PHONE = 20
MAX_CODE = 20
MAX_CODE_BEFORE = 15

_VALUE = re.compile(r"\$\{\w+\}")
_HOST = re.compile(r"https?://([^/?#]+)", re.IGNORECASE)


@on_template(
    Rule(
        "WA304",
        "a URL has at most one variable, at its very end",
        """\
Senders give one value, and Meta appends it. Each URL counts on its own, from `{{1}}`; a name in place of
the number is accepted too, since newer documents of Meta's show one.""",
        good="""\
category: utility
languages:
  en_US:
    body: Your order left our warehouse today.
    buttons:
      - {type: url, text: Track parcel, url: "https://shop.example/t/{{1}}", example: A-10293}
""",
        bad="""\
category: utility
languages:
  en_US:
    body: Your order left our warehouse today.
    buttons:
      - {type: url, text: Track parcel, url: "https://shop.example/{{1}}/track", example: A-10293}
""",
    ),
    cards=True,
)
def url_variable_last(view: View) -> Sequence[Problem]:
    """One placeholder, where the URL ends."""
    problems: list[Problem] = []
    for number, url in view.urls:
        if "{{" not in url:
            continue
        names = PLACEHOLDER.findall(url)
        if not names:
            continue  # malformed, which WA207 reports
        path = button_path(number, "url")
        needle = f"{{{{{names[0]}}}}}"
        if len(names) > 1:
            message = f"the URL has {len(names)} variables; Meta allows 1"
            problems.append(view.problem("WA304", message, "Keep the last one, at the end.", path, needle))
        elif not url.endswith("}}"):
            message = f"{needle} is not at the end of the URL"
            fix = "Move it to the end; what follows belongs to the value that senders give."
            problems.append(view.problem("WA304", message, fix, path, needle))
        elif names[0].isdigit() and names[0] != "1":
            message = f"the URL's variable is {needle}; each URL counts from {{{{1}}}}"
            problems.append(view.problem("WA304", message, "Write {{1}}.", path, needle))
    return problems


@on_template(
    Rule(
        "WA307",
        "a URL is a full web address of at most 2,000 characters",
        """\
It begins with https:// or http:// and names a host. Addresses of shorteners and of wa.me are refused in
review again and again, since they hide where they lead; for those wasync warns.""",
        good="""\
category: utility
languages:
  en_US:
    body: Your order left our warehouse today.
    buttons:
      - {type: url, text: Visit shop, url: https://shop.example/}
""",
        bad="""\
category: utility
languages:
  en_US:
    body: Your order left our warehouse today.
    buttons:
      - {type: url, text: Visit shop, url: shop.example}
""",
    ),
    cards=True,
)
def full_url(view: View) -> Sequence[Problem]:
    """Scheme, host, no spaces, not too long, not shortened."""
    problems: list[Problem] = []
    for number, url in view.urls:
        if "${" in url and _VALUE.search(url):
            continue  # an undefined value, which WA011 reports
        path = button_path(number, "url")
        if len(url) > MAX_URL:
            message = f"the URL is {len(url):,} characters; Meta allows {MAX_URL:,}"
            problems.append(view.problem("WA307", message, f"Remove {len(url) - MAX_URL:,}.", path))
        found = _HOST.match(url)
        host = found[1].rpartition("@")[2].partition(":")[0].lower() if found else ""
        if not found:
            message = f'"{url}" is no full web address'
            problems.append(view.problem("WA307", message, "Begin it with https:// and a host.", path))
        elif "{" in host or "." not in host.strip("."):
            message = f'"{host}" is no host that Meta can check'
            fix = "Write the host in full; a variable may only end the URL."
            problems.append(view.problem("WA307", message, fix, path, host))
        elif len(url.split()) != 1:
            message = "the URL has white space in it"
            problems.append(view.problem("WA307", message, "Remove it, or write %20.", path))
        elif is_avoided(host):
            what = "leads into WhatsApp" if "wa" in host.split(".")[:2] or "whatsapp" in host else "shortens"
            message = f"{host} {what}; reviewers reject such addresses"
            fix = "Link to your own site, in full."
            problems.append(view.problem("WA307", message, fix, path, host, Severity.WARNING))
    return problems


@on_template(
    Rule(
        "WA308",
        "a phone number has at most 20 characters and its country code",
        """\
Digits with the country code first, as `+15551230000`. Spaces and punctuation do not matter. No country
code begins with 0, so a number that does is most probably a national one: a warning.""",
        good="""\
category: utility
languages:
  en_US:
    body: Your order left our warehouse today.
    buttons:
      - {type: phone_number, text: Call us, phone_number: "+15551230000"}
""",
        bad="""\
category: utility
languages:
  en_US:
    body: Your order left our warehouse today.
    buttons:
      - {type: phone_number, text: Call us, phone_number: "+15551230000123456789012"}
""",
        subcode=2388040,
    ),
    cards=True,
)
def phone_number(view: View) -> Sequence[Problem]:
    """A number that can be called from everywhere."""
    problems: list[Problem] = []
    for number, button in enumerate(view.buttons):
        phone = button.get("phone_number")
        if not isinstance(phone, str):
            continue
        path = button_path(number, "phone_number")
        if len(phone) > MAX_PHONE:
            message = f"phone_number is {len(phone)} characters; Meta allows {MAX_PHONE}"
            problems.append(view.problem("WA308", message, f"Remove {len(phone) - MAX_PHONE}.", path))
        elif not (phone.isascii() and phone.isdigit()):
            message = f'phone_number "{phone}" is not a number'
            problems.append(view.problem("WA308", message, "Write it as +15551230000.", path))
        elif phone.startswith("0"):
            message = f"phone_number {phone} begins with 0; no country code does"
            fix = "Write it with its country code, as +15551230000."
            problems.append(view.problem("WA308", message, fix, path, severity=Severity.WARNING))
    return problems


@on_template(
    Rule(
        "WA309",
        "a copy_code button is in a marketing template, its example at most 20 characters",
        """\
The button copies a coupon code. Meta raised the limit of the code from 15 to 20 on 2025-12-03, and some
pages still say 15: from 16 on wasync warns.""",
        good="""\
category: marketing
languages:
  en_US:
    body: Our spring sale has begun. Take a look.
    buttons:
      - {type: copy_code, example: SPRING20}
""",
        bad="""\
category: utility
languages:
  en_US:
    body: Thank you for your order.
    buttons:
      - {type: copy_code, example: SPRING20}
""",
    )
)
def coupon_code(view: View) -> Sequence[Problem]:
    """Coupons are marketing, and their codes short."""
    problems: list[Problem] = []
    for number, button in enumerate(view.buttons):
        if button.get("type") != "copy_code":
            continue
        path = button_path(number)
        if view.category != "marketing":
            message = f"a copy_code button in a {view.category} template; Meta allows it in marketing only"
            fix = "Make the category marketing, or remove the button."
            problems.append(view.problem("WA309", message, fix, path))
        given = view.examples.get("buttons")
        code = given.get(str(number)) if isinstance(given, dict) else None
        if isinstance(code, str) and len(code) > MAX_CODE_BEFORE:
            over = len(code) > MAX_CODE
            allowed = f"Meta allows {MAX_CODE}" if over else f"some of Meta's pages allow {MAX_CODE_BEFORE}"
            message = f"the code is {len(code)} characters; {allowed}"
            fix = f"Remove {len(code) - (MAX_CODE if over else MAX_CODE_BEFORE)}."
            severity = None if over else Severity.WARNING
            problems.append(view.problem("WA309", message, fix, path, code, severity))
    return problems
