"""Media samples: inside the project, of a type and size Meta takes, hashed once, unchanged at apply."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from wasync.canonical import media_files
from wasync.model.errors import WasyncError
from wasync.model.template import JSON, Key, Problem, Spec, Template
from wasync.project.media import LIMITS, Sample, mime_type, open_media, with_media

JPEG = b"\xff\xd8\xff\xe0" + bytes(40)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)
MP4 = b"\x00\x00\x00\x20ftypisom" + bytes(40)
THREE_GP = b"\x00\x00\x00\x18ftyp3gp4" + bytes(40)
PDF = b"%PDF-1.7\n" + bytes(40)
KEY = Key("a", "en")


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def template(form: str, path: str) -> Template:
    media: dict[str, JSON] = {"path": path, "sha256": ""}
    spec: Spec = {"header": {"format": form}, "body": "x", "examples": {"header": media, "body": ["y"]}}
    return Template(KEY, "utility", spec, ignore={"WA101": "why"})


def fill(root: Path, form: str, path: str, file: str = "templates/a.yaml") -> tuple[JSON, list[Problem]]:
    """The header's sample after reading, and the problems."""
    filled, problems = with_media(str(root), file, template(form, path), {})
    examples = filled.spec["examples"]
    assert isinstance(examples, dict)
    assert examples["body"] == ["y"]
    assert (filled.key, filled.ignore) == (KEY, {"WA101": "why"})
    return examples["header"], problems


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (JPEG, "image/jpeg"),
        (PNG, "image/png"),
        (b"GIF89a", "image/gif"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8", "image/webp"),
        (MP4, "video/mp4"),
        (THREE_GP, "video/3gpp"),
        (b"\x00\x00\x00\x14ftypqt  ", "video/quicktime"),
        (PDF, "application/pdf"),
        (b"\xef\xbb\xbf\n%PDF-1.4", "application/pdf"),
        (b"<html>", None),
        (b"", None),
    ],
)
def test_type_by_content(head: bytes, kind: str | None) -> None:
    assert mime_type(head) == kind


@pytest.mark.parametrize(
    ("form", "data"), [("image", JPEG), ("image", PNG), ("video", MP4), ("document", PDF), ("gif", MP4)]
)
def test_a_good_sample_is_named_from_the_project_and_hashed(tmp_path: Path, form: str, data: bytes) -> None:
    (tmp_path / "media").mkdir()
    (tmp_path / "media/a").write_bytes(data)
    assert fill(tmp_path, form, "../media/a") == ({"path": "media/a", "sha256": sha256(data)}, [])


@pytest.mark.parametrize(
    ("form", "data", "message", "fix"),
    [
        ("image", MP4, "x is an MP4 video; a header of format image takes a JPEG or PNG image",
         "Convert the file to a JPEG or PNG image."),
        ("image", b"RIFF0000WEBP", "x is a WebP image; a header of format image takes a JPEG or PNG image",
         "Convert the file to a JPEG or PNG image."),
        ("video", THREE_GP, "x is a 3GP video; a header of format video takes an MP4 video",
         "Convert the file to an MP4 video."),
        ("document", b"hello", "x is something else; a header of format document takes a PDF document",
         "Convert the file to a PDF document."),
        ("image", b"", "x is empty; a header of format image takes a JPEG or PNG image",
         "Put the file itself there."),
        ("image", JPEG + bytes(LIMITS["image"]), "x has 5.1 MB; a header of format image takes 5 MB",
         "Make the file smaller than 5 MB."),
        ("gif", MP4 + bytes(4 * 1024 * 1024), "x has 4.1 MB; a header of format gif takes 3.5 MB",
         "Make the file smaller than 3.5 MB."),
    ],
)  # fmt: skip
def test_a_sample_meta_would_refuse(tmp_path: Path, form: str, data: bytes, message: str, fix: str) -> None:
    (tmp_path / "x").write_bytes(data)
    found, problems = fill(tmp_path, form, "x", "a.yaml")
    assert found == {"path": "x", "sha256": sha256(data)}
    assert problems == [Problem("WA015", message, fix, ("examples", "header"), KEY, "x")]


def test_exactly_the_limit_is_taken(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(JPEG + bytes(LIMITS["image"] - len(JPEG)))
    assert fill(tmp_path, "image", "x", "a.yaml")[1] == []


def test_missing_and_outside(tmp_path: Path) -> None:
    root = tmp_path / "project"
    (root / "templates").mkdir(parents=True)
    (tmp_path / "secret.png").write_bytes(PNG)
    (root / "link.png").symlink_to(tmp_path / "secret.png")
    (root / "folder").symlink_to(tmp_path)
    for path, why in [
        ("gone.png", "the file cannot be read (No such file or directory)"),
        ("../templates", "this is a folder"),
        ("../../secret.png", "this path leads out of the project"),
        ("../link.png", "this path leads out of the project"),
        ("../folder/secret.png", "this path leads out of the project"),
        (str(tmp_path / "secret.png"), "this path leads out of the project"),
    ]:
        found, problems = fill(root, "image", path)
        assert found == {"path": path, "sha256": ""}
        fix = "Put the file there; the path is relative to this file and stays inside the project."
        assert problems == [Problem("WA014", f"{path}: {why}", fix, ("examples", "header"), KEY, path)]


def test_each_file_is_read_once_whatever_its_path(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(PNG)
    samples: dict[str, Sample | str] = {}
    with_media(str(tmp_path), "a.yaml", template("image", "a.png"), samples)
    (tmp_path / "a.png").write_bytes(JPEG)
    filled, _ = with_media(str(tmp_path), "t/b.yaml", template("image", "../a.png"), samples)
    assert filled.spec["examples"] == {"header": {"path": "a.png", "sha256": sha256(PNG)}, "body": ["y"]}
    assert list(samples.values()) == [Sample("a.png", sha256(PNG), len(PNG), "image/png")]


@pytest.mark.parametrize(
    "spec",
    [
        {"body": "x"},
        {"header": {"format": "image"}},
        {"header": {"format": "image"}, "examples": {"header": {"handle": "4::x"}}},
        {"header": {"format": "text", "text": "{{a}}"}, "examples": {"header": {"a": "x"}}},
        {"header": {"format": "text", "text": "{{path}}"}, "examples": {"header": {"path": "x"}}},
    ],
)
def test_templates_without_a_file_are_left_alone(tmp_path: Path, spec: Spec) -> None:
    given = Template(KEY, "utility", spec)
    filled, problems = with_media(str(tmp_path), "a.yaml", given, {})
    assert filled is given
    assert problems == []


def test_apply_opens_the_reviewed_file_or_none(tmp_path: Path) -> None:
    root = tmp_path / "project"
    (root / "media").mkdir(parents=True)
    (root / "media/a.png").write_bytes(PNG)
    opened = open_media(str(root), "media/a.png", sha256(PNG))
    with opened.file:
        assert opened.file.read() == PNG
    assert opened[1:] == ("a.png", len(PNG), "image/png")

    (tmp_path / "out.png").write_bytes(PNG)
    (root / "media/out.png").symlink_to(tmp_path / "out.png")
    (root / "media/a.png").write_bytes(PNG + b"x")
    again = "Run `wasync plan` again and review it."
    for path, message, fix in [
        ("media/a.png", "media/a.png has changed since the plan was made", again),
        ("gone.png", "gone.png cannot be read (No such file or directory)", f"Put the file back. {again}"),
        (
            "media/out.png",
            "media/out.png leads out of the project",
            f"Copy the file into the project. {again}",
        ),
        ("../out.png", "../out.png leads out of the project", f"Copy the file into the project. {again}"),
    ]:
        with pytest.raises(WasyncError) as caught:
            open_media(str(root), path, sha256(PNG))
        assert (caught.value.message, caught.value.fix) == (message, fix)


def test_samples_of_cards(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(JPEG)
    (tmp_path / "b.mp4").write_bytes(MP4)
    header: JSON = {"format": "image"}
    samples: dict[str, JSON] = {
        str(index): {"header": {"path": path, "sha256": ""}, "body": ["x"]}
        for index, path in enumerate(("a.jpg", "b.mp4", "c.jpg"))
    }
    spec: Spec = {
        "body": "x",
        "carousel": [{"header": header, "body": "x {{1}} x"}, {"header": header}, {"header": header}],
        "examples": {"carousel": samples},
    }
    filled, problems = with_media(str(tmp_path), "t.yaml", Template(KEY, "marketing", spec), {})
    assert media_files(filled.spec) == (("a.jpg", sha256(JPEG)), ("b.mp4", sha256(MP4)), ("c.jpg", ""))
    assert [(one.rule, one.path) for one in problems] == [
        ("WA015", ("examples", "carousel", "1", "header")),
        ("WA014", ("examples", "carousel", "2", "header")),
    ]
