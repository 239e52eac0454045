"""Every problem lands on the line, column and words it is about."""

from __future__ import annotations

from pathlib import Path

import pytest

from wasync.model.template import Finding, Key, Place, Problem, Severity, SpecPath
from wasync.project.places import Places, sort_findings, visible
from wasync.project.yaml_reader import Spotted

KEYED = """\
# A template as people write it.
category: utility
variables:
  first_name: {example: Ana}
  2: {example: two}
footer: Shared "footer"
x-b: &shared {type: quick_reply, text: Shared}
languages:
  en_US:
    header: "Order {{order_id}} shipped"
    body: |

      Hi {{first_name}}, your order
      left {{order_id}} today.
    examples: {order_id: A-1}
    buttons:
      - type: url
        text: Track parcel
        url: "https://acme.example/{{1}}"
        example: A-10293
      - *shared
      - {type: quick_reply, text: }
  es_MX:
    header: {text: Hola, examples: [x]}
    body:
      text: >-
        Uno dos
        tres
      examples: {first_name: Lucía}
  pt_BR:
    header: {format: image, media: img/a.png}
    body: one
      two three
  de:
    <<: {footer: merged}
    components:
      - type: HEADER
        format: TEXT
        text: Kopf
      - {type: body, text: "Hallo {{1}}", example: {body_text: [[x]]}}
      - type: BUTTONS
        buttons:
          - {type: QUICK_REPLY, text: Ja}
      - type: CAROUSEL
        cards:
          - components:
            - {type: BODY, text: Karte}
            - {type: BUTTONS, buttons: [{type: URL, text: Los, example: [x]}]}
      - {type: LIMITED_TIME_OFFER, limited_time_offer: {text: Bald}}
  fr:
    body: Un
    limited_time_offer: {text: Vite}
    examples: {city: Lyon}
    carousel:
      - header: {format: image, media: img/b.png}
        body: {text: "Carte {{1}}", examples: [une]}
        buttons: [{type: url, text: Voir, example: z}]
      - body: Ville {{city}}
    library_template_button_inputs: [{type: url, url: {base_url: u}}]
"""


@pytest.fixture
def places(tmp_path: Path) -> Places:
    (tmp_path / "a.yaml").write_text(KEYED, "utf-8")
    (tmp_path / "list.yaml").write_text("name: x\n---\nname: code\nlanguages: [en,\n  fr]\n")
    (tmp_path / "broken.yaml").write_text("name: x\nbody: [\n---\nlanguages:\n  en: x\n")
    return Places(str(tmp_path), {"WA205": Severity.OFF, "WA104": Severity.WARNING})


def put(places: Places, problem: Problem, file: str = "a.yaml", document: int = 0) -> tuple[str, str]:
    """Line and column, and the words the caret stands under."""
    (finding,) = places.problems(file, document, [problem])
    assert finding.place is not None
    column = finding.place.column - 1
    return (f"{finding.place.line}:{finding.place.column}", finding.source[column : column + finding.width])


@pytest.mark.parametrize(
    ("language", "path", "needle", "place", "words"),
    [
        # A language's own texts, as text or as {text, examples}.
        ("en_US", ("header", "text"), "", "10:13", '"Order {{order_id}} shipped"'),
        ("en_US", ("header",), "{{order_id}}", "10:20", "{{order_id}}"),
        ("en_US", ("body",), "", "13:7", "Hi {{first_name}}, your order"),
        ("en_US", ("body",), "{{order_id}}", "14:12", "{{order_id}}"),
        ("en_US", ("body",), "order\nleft", "13:31", "order"),
        ("en_US", ("body",), "not there", "13:7", "Hi {{first_name}}, your order"),
        ("es_MX", ("header", "text"), "", "24:20", "Hola"),
        ("es_MX", ("body",), "tres", "28:9", "tres"),
        ("es_MX", ("body",), "", "27:9", "Uno dos"),
        ("pt_BR", ("body",), "three", "33:11", "three"),
        ("pt_BR", ("header", "format"), "", "31:22", "image"),
        # What all languages share.
        ("en_US", ("footer",), "footer", "6:17", "footer"),
        ("de", ("footer",), "", "35:18", "merged"),
        ("en_US", ("category",), "", "2:11", "utility"),
        # Buttons, an alias among them; an empty value and one that is not there.
        ("en_US", ("buttons", 0, "url"), "{{1}}", "19:36", "{{1}}"),
        ("en_US", ("buttons", 1, "text"), "", "7:40", "Shared"),
        ("en_US", ("buttons", 2, "text"), "", "22:29", "text"),
        ("en_US", ("buttons", 0, "phone_number"), "", "17:9", "t"),
        ("en_US", ("buttons",), "", "16:5", "buttons"),
        # Examples, from the nearest place to the farthest.
        ("en_US", ("examples", "body", "order_id"), "", "15:26", "A-1"),
        ("es_MX", ("examples", "body", "first_name"), "Lucía", "29:30", "Lucía"),
        ("en_US", ("examples", "body", "first_name"), "", "4:25", "Ana"),
        ("en_US", ("examples", "body", 1), "", "5:16", "two"),
        ("es_MX", ("examples", "header", 0), "", "24:37", "x"),
        ("en_US", ("examples", "header", "none"), "", "10:13", '"Order {{order_id}} shipped"'),
        ("en_US", ("examples", "buttons", "0"), "", "20:18", "A-10293"),
        ("pt_BR", ("examples", "header"), "img/a.png", "31:36", "img/a.png"),
        # Raw components.
        ("de", ("header", "text"), "", "39:15", "Kopf"),
        ("de", ("header", "format"), "", "38:17", "TEXT"),
        ("de", ("body",), "{{1}}", "40:35", "{{1}}"),
        ("de", ("buttons", 0, "text"), "", "43:39", "Ja"),
        ("de", ("examples", "body", 0), "", "40:43", "example"),
        # Cards, offers, inputs of the library; keyed and raw.
        ("fr", ("limited_time_offer", "text"), "", "52:32", "Vite"),
        ("fr", ("carousel",), "", "54:5", "carousel"),
        ("fr", ("carousel", 0), "", "55:9", "h"),
        ("fr", ("carousel", 0, "body"), "{{1}}", "56:29", "{{1}}"),
        ("fr", ("carousel", 1, "body"), "{{city}}", "58:21", "{{city}}"),
        ("fr", ("carousel", 0, "buttons", 0, "text"), "", "57:37", "Voir"),
        ("fr", ("carousel", 0, "header", "format"), "", "55:26", "image"),
        ("fr", ("examples", "carousel", "0", "header"), "img/b.png", "55:40", "img/b.png"),
        ("fr", ("examples", "carousel", "0", "body", 0), "", "56:48", "une"),
        ("fr", ("examples", "carousel", "0", "buttons", "0"), "", "57:52", "z"),
        ("fr", ("examples", "carousel", "1", "body", "city"), "", "53:22", "Lyon"),
        ("fr", ("examples", "carousel", "1", "body", "town"), "", "58:15", "Ville {{city}}"),
        ("fr", ("examples", "library", "button_inputs", 0, "url", "base_url"), "", "59:66", "u"),
        ("de", ("carousel", 0, "body"), "", "47:34", "Karte"),
        ("de", ("carousel", 0, "buttons", 0, "text"), "", "48:59", "Los"),
        ("de", ("examples", "carousel", "0", "buttons", "0"), "", "48:64", "example"),
        ("de", ("limited_time_offer", "text"), "", "49:63", "Bald"),
        # The language itself, and one that is not there.
        ("es_MX", (), "", "23:3", "es_MX"),
        ("de", (), "", "34:3", "de"),
        ("es_MX", ("nothing",), "", "23:3", "es_MX"),
        ("xx", (), "", "8:1", "languages"),
    ],
)
def test_in_a_template(
    places: Places, language: str, path: SpecPath, needle: str, place: str, words: str
) -> None:
    problem = Problem("WA101", "m", "f", path, Key("a", language), needle)
    assert put(places, problem) == (place, words)


@pytest.mark.parametrize(
    ("path", "at_key", "place", "words"),
    [
        ((), False, "2:1", "c"),
        (("category",), False, "2:11", "utility"),
        (("category",), True, "2:1", "category"),
        (("languages", "en_US", "buttons", 0, "text"), False, "18:15", "Track parcel"),
        (("languages", "en_US", "buttons", 0, "text"), True, "18:9", "text"),
        (("languages", "en_US", "buttons", 0), False, "17:9", "t"),
        (("languages", "en_US", "nothing", "deep"), False, "9:3", "en_US"),
        (("variables", "2", "example"), False, "5:16", "two"),
    ],
)
def test_in_a_document(places: Places, path: SpecPath, at_key: bool, place: str, words: str) -> None:
    assert put(places, Problem("WA004", "m", "f", path, at_key=at_key)) == (place, words)


def test_in_a_list_of_languages_of_the_second_document(places: Places) -> None:
    assert put(places, Problem("WA101", "m", "f", (), Key("code", "fr")), "list.yaml", 1) == ("5:3", "fr")
    assert put(places, Problem("WA101", "m", "f", ("name",)), "list.yaml", 1) == ("3:7", "code")


def test_where_a_file_cannot_be_composed_the_line_that_reading_kept_serves(places: Places) -> None:
    problem = Problem("WA101", "m", "f", ("body",), Key("x", "en"))
    (found,) = places.problems("broken.yaml", 1, [problem], {"": 4, "en": 5})
    assert (str(found.place), found.source) == ("broken.yaml:5:1", "  en: x")
    (found,) = places.problems("gone.yaml", 0, [problem], {"": 7})
    assert (str(found.place), found.source) == ("gone.yaml:7:1", "")


def test_a_place_that_a_check_knows_is_kept(places: Places) -> None:
    problem = Problem("WA012", "m", "f", place=Place("list.yaml", 3, 1))
    (found,) = places.problems("a.yaml", 0, [problem])
    assert (str(found.place), found.source) == ("list.yaml:3:1", "name: code")


def test_severities(places: Places) -> None:
    problems = [
        Problem("WA205", "off in the project", "f"),
        Problem("WA104", "a warning in the project", "f", severity=Severity.ERROR),
        Problem("WA101", "the rule's own", "f"),
        Problem("WA101", "the check's own", "f", severity=Severity.WARNING),
    ]
    assert [(one.message, one.severity.value) for one in places.problems("a.yaml", 0, problems)] == [
        ("a warning in the project", "warning"),
        ("the rule's own", "error"),
        ("the check's own", "warning"),
    ]
    spotted = [Spotted("WA010", 2, 3, "m", "f", 4)]
    assert places.spotted("a.yaml", spotted) == [
        Finding("WA010", Severity.WARNING, "m", "f", Place("a.yaml", 2, 3), "category: utility", 4)
    ]
    assert Places(".", {"WA010": Severity.OFF}).spotted("a.yaml", spotted) == []


def test_findings_are_sorted_by_place() -> None:
    def finding(file: str, line: int, column: int, rule: str) -> Finding:
        return Finding(rule, Severity.ERROR, "m", "f", Place(file, line, column))

    nowhere = Finding("WA999", Severity.ERROR, "m", "f")
    ordered = [
        nowhere,
        finding("a.yaml", 2, 9, "WA101"),
        finding("a.yaml", 10, 1, "WA101"),
        finding("a.yaml", 10, 1, "WA102"),
        finding("b.yaml", 1, 1, "WA101"),
    ]
    assert sort_findings(reversed(ordered)) == tuple(ordered)


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("\tbody: x\r", "→body: x"),
        ("a\x1b[31mb\x00\x7f", "a␛[31mb␀␡"),
        ("a\u00a0b\u200bc\u202ed\u2028e\x9b", "a⍽b�c�d�e�"),
        ("👩\u200d👧 ünï 日本 می\u200cخواهم", "👩\u200d👧 ünï 日本 می\u200cخواهم"),
        ("    token: EAAGm0PX4ZCps", "    token: ***"),
        ("  access_token : 'abc'", "  access_token : ***"),
        ("  app_secret: abc # note", "  app_secret: ***"),
        ("  token_env: WASYNC_TOKEN", "  token_env: WASYNC_TOKEN"),
        ("  token_env: EAAGm0PX4ZCpsBAabcdefgh", "  token_env: ***"),
        ("body: Your token is ready", "body: Your token is ready"),
    ],
)
def test_a_source_line_is_safe_to_show(source: str, shown: str) -> None:
    assert visible(source) == shown
