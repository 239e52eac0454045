"""Floor of plan: bare requests.Session pages, then PyYAML's C loader, then `==`, nothing else."""

import sys
from pathlib import Path

import requests
import yaml

FIELDS = "id,name,language,status,category,components,parameter_format"


def main(project: Path, base_url: str, token: str, waba_id: str, wanted: int) -> None:
    """Read all live rows, then all files; compare each template's body text with its row's."""
    live = {}
    with requests.Session() as session:
        session.headers["Authorization"] = f"Bearer {token}"
        params = {"fields": FIELDS, "limit": "500"}
        while True:
            url = f"{base_url}/v26.0/{waba_id}/message_templates"
            page = session.get(url, params=params, timeout=60).json()
            for row in page["data"]:
                live[row["name"], row["language"]] = row
            if "next" not in page["paging"]:
                break
            params["after"] = page["paging"]["cursors"]["after"]
    files = {}
    for path in sorted((project / "templates").rglob("*.yaml")):
        with path.open("rb") as file:
            files[path.stem] = yaml.load(file.read(), Loader=yaml.CSafeLoader)
    equal = 0
    for name, data in files.items():
        for language, content in data["languages"].items():
            body = live[name, language]["components"][1]
            equal += body == {"type": "BODY", "text": content["body"][:-1], "example": body["example"]}
    if equal != wanted:
        raise SystemExit(f"{equal} of {wanted} are equal: the floor does not do its work")


main(Path(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4], int(sys.argv[5]))
