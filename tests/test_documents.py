"""Globs to documents: what is read, in which order, under which name, and what is refused."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from wasync.model.config import Config
from wasync.model.template import Severity
from wasync.project.documents import Documents, read_documents

GOOD = "category: utility\nlanguages: {en: {body: Hello}}\n"


def write(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


def read(root: Path, *globs: str, severities: dict[str, Severity] | None = None) -> Documents:
    if not (root / "wasync.yaml").exists():
        listed = "".join(f"  - {glob!r}\n" for glob in globs)
        write(root, {"wasync.yaml": f"version: 1\ntemplates:\n{listed}"})
    return read_documents(Config(str(root), (), globs, severities=severities or {}))


def found(documents: Documents) -> list[str]:
    return [f"{one.place} {one.rule} {one.message} | {one.fix}" for one in documents.findings]


def test_files_in_order_under_their_stem_or_name(tmp_path: Path) -> None:
    named = f"name: other\nrevision: 2\n{GOOD}"
    write(tmp_path, {"t/b.yaml": GOOD, "t/sub/a.yaml": named, "t/a.txt": GOOD, "t/sub/deep/c.d.yaml": GOOD})
    documents = read(tmp_path, "t/**/*.yaml")
    assert found(documents) == []
    assert documents.files == 3
    assert [(one.file, one.index, one.name) for one in documents.documents] == [
        ("t/b.yaml", 0, "b"),
        ("t/sub/a.yaml", 0, "other"),
        ("t/sub/deep/c.d.yaml", 0, "c.d"),
    ]
    assert documents.documents[0].data == {"category": "utility", "languages": {"en": {"body": "Hello"}}}
    assert documents.documents[0].lines == {"": 1, "en": 2}


def test_a_file_that_only_its_ending_hides_is_named(tmp_path: Path) -> None:
    write(tmp_path, {"t/a.yaml": GOOD, "t/b.yml": GOOD, "t/c.yml": GOOD, "u/d.yml": GOOD})
    documents = read(tmp_path, "t/*.yaml", "t/c.*")
    assert found(documents) == [
        (
            "t/b.yml:1:1 WA013 this file is not read: its name ends in .yml, and templates: asks for .yaml"
            " | Rename it, or add a glob that ends in .yml."
        )
    ]
    assert [one.severity for one in documents.findings] == [Severity.WARNING]
    assert documents.files == 2


@pytest.mark.parametrize(
    ("glob", "files"),
    [
        ("**/*.yaml", ["a.yaml", "t/a.yaml", "t/u/b.yaml", "v/b.yaml"]),
        ("*.yaml", ["a.yaml"]),
        ("t/*.yaml", ["t/a.yaml"]),
        ("?/b.yaml", ["v/b.yaml"]),
        ("*/*.yaml", ["t/a.yaml", "v/b.yaml"]),
        ("t/**", ["t/a.yaml", "t/u/b.yaml"]),
        ("t/**/b.yaml", ["t/u/b.yaml"]),
        ("./t/a.yaml", ["t/a.yaml"]),
        ("[tv]/*.yaml", ["t/a.yaml", "v/b.yaml"]),
        (".hidden/c.yaml", [".hidden/c.yaml"]),
    ],
)
def test_globs(tmp_path: Path, glob: str, files: list[str]) -> None:
    everything = [
        "a.yaml",
        "t/a.yaml",
        "t/u/b.yaml",
        "v/b.yaml",
        ".hidden/c.yaml",
        ".wasync/d.yaml",
        "t/.x.yaml",
    ]
    write(tmp_path, dict.fromkeys(everything, GOOD))
    documents = read(tmp_path, glob)
    assert [one.file for one in documents.documents] == files
    assert found(documents) == []


def test_a_file_of_two_globs_is_read_once(tmp_path: Path) -> None:
    write(tmp_path, {"t/a.yaml": GOOD})
    assert len(read(tmp_path, "t/*.yaml", "**/*.yaml").documents) == 1


def test_a_glob_that_matches_nothing_is_an_error_at_its_place(tmp_path: Path) -> None:
    write(tmp_path, {"t/a.yaml": GOOD})
    documents = read(tmp_path, "t/*.yaml", "templates/**/*.yaml")
    assert found(documents) == [
        (
            "wasync.yaml:4:6 WA013 no file matches `templates/**/*.yaml` | "
            "Correct the path, remove the line, or write a first template there."
        ),
    ]
    assert documents.findings[0].severity is Severity.ERROR
    assert documents.findings[0].source == "  - 'templates/**/*.yaml'"


def test_an_empty_project_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "wasync.yaml").write_text("version: 1\n")
    assert [one.rule for one in read(tmp_path, "templates/**/*.yaml").findings] == ["WA013"]
    assert found(read(tmp_path)) == [
        (
            "wasync.yaml:1:1 WA013 the project names no template files | "
            "Add a glob: templates: ['templates/**/*.yaml']."
        ),
    ]


def test_files_that_hold_no_template(tmp_path: Path) -> None:
    write(
        tmp_path,
        {"t/a.yaml": "", "t/b.yaml": "# only a comment\n", "t/c.yaml": "- a\n", "t/d.yaml": "hello\n"},
    )
    assert found(read(tmp_path, "t/*")) == [
        (
            "t/a.yaml:1:1 WA013 the file holds no template | "
            "Write a template into it (category:, languages:), or remove the file."
        ),
        (
            "t/b.yaml:1:1 WA013 the file holds no template | "
            "Write a template into it (category:, languages:), or remove the file."
        ),
        (
            "t/c.yaml:1:1 WA004 a template is written as `key: value` lines, and this is a list | "
            "Begin with keys: category: utility, then languages:."
        ),
        (
            "t/d.yaml:1:1 WA004 a template is written as `key: value` lines, and this is text | "
            "Begin with keys: category: utility, then languages:."
        ),
    ]


def test_several_documents_in_one_file_need_names(tmp_path: Path) -> None:
    write(tmp_path, {"t/a.yaml": f"name: one\n{GOOD}---\n{GOOD}---\nname: three\n{GOOD}---\n"})
    documents = read(tmp_path, "t/*")
    assert [(one.index, one.name, one.lines[""]) for one in documents.documents] == [
        (0, "one", 1),
        (2, "three", 8),
    ]
    assert found(documents) == [
        (
            "t/a.yaml:5:1 WA016 several templates in one file, parted by ---, each need their own `name:` | "
            "Add `name: <template name>` to this one."
        ),
    ]


def test_one_document_between_separators_needs_no_name(tmp_path: Path) -> None:
    write(tmp_path, {"t/a.yaml": f"---\n{GOOD}---\n"})
    documents = read(tmp_path, "t/*")
    assert [one.name for one in documents.documents] == ["a"]
    assert found(documents) == []


def test_links_that_lead_out_of_the_project_are_refused(tmp_path: Path) -> None:
    root, outside = tmp_path / "project", tmp_path / "outside"
    write(root, {"t/real.yaml": GOOD, "elsewhere/inside.yaml": GOOD})
    write(outside, {"secret.yaml": GOOD})
    (root / "t/out.yaml").symlink_to(outside / "secret.yaml")
    (root / "t/folder").symlink_to(outside)
    (root / "t/loop").symlink_to(root)
    (root / "t/in.yaml").symlink_to(root / "elsewhere/inside.yaml")
    (root / "literal").symlink_to(outside)
    documents = read(root, "t/**/*.yaml", "literal/*.yaml")
    assert [one.file for one in documents.documents] == ["t/in.yaml", "t/real.yaml"]
    way_out = "Copy the file into the project: what is applied must be what was reviewed."
    assert [line for line in found(documents) if "no file matches" not in line] == [
        f"literal:1:1 WA013 this link leads out of the project | {way_out}",
        f"t/folder:1:1 WA013 this link leads out of the project | {way_out}",
        f"t/out.yaml:1:1 WA013 this link leads out of the project | {way_out}",
    ]


def test_an_unreadable_file_is_an_error(tmp_path: Path) -> None:
    write(tmp_path, {"t/a.yaml": GOOD})
    (tmp_path / "t/gone.yaml").symlink_to(tmp_path / "t/never.yaml")
    documents = read(tmp_path, "t/*.yaml")
    assert found(documents) == [
        (
            "t/gone.yaml:1:1 WA013 the file cannot be read: No such file or directory | "
            "Make it readable, or remove it."
        ),
    ]
    if os.geteuid() != 0:
        (tmp_path / "t/a.yaml").chmod(0)
        assert "Permission denied" in found(read(tmp_path, "t/a.yaml"))[0]


def test_findings_of_reading_are_sorted_and_have_their_source(tmp_path: Path) -> None:
    write(tmp_path, {"t/b.yaml": "category: x\r\nlanguages: [\r\n", "t/a.yaml": "a: 1\nbody: *b\x41* c\n"})
    documents = read(tmp_path, "t/*.yaml")
    assert [
        (str(one.place), one.rule, one.severity, one.source, one.width) for one in documents.findings
    ] == [
        ("t/a.yaml:2:7", "WA001", Severity.ERROR, "body: *bA* c", 6),
        ("t/b.yaml:1:1", "WA010", Severity.WARNING, "category: x", 1),
        ("t/b.yaml:2:12", "WA001", Severity.ERROR, "languages: [", 1),
    ]
    quiet = read(tmp_path, "t/*.yaml", severities={"WA010": Severity.OFF, "WA001": Severity.WARNING})
    assert [(one.rule, one.severity) for one in quiet.findings] == [("WA001", Severity.WARNING)] * 2


def test_files_with_values_are_known(tmp_path: Path) -> None:
    write(tmp_path, {"t/a.yaml": "footer: ${shop}\n", "t/b.yaml": "footer: $shop\n"})
    assert read(tmp_path, "t/*").with_values == {"t/a.yaml"}
