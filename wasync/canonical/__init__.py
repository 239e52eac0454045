"""The one normal form: what files declare and what Meta returns, brought to equal data.

Each function is imported when first asked for, so that a command pays only for its own direction.
What each key of a Spec holds is written in docs/architecture.md, "The canonical form".
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wasync.canonical.components import read_components
    from wasync.canonical.contract import contract_breaks
    from wasync.canonical.declared import as_declared, without_defaults
    from wasync.canonical.graph_in import from_graph
    from wasync.canonical.graph_out import to_components, to_edit, to_graph
    from wasync.canonical.hashing import fingerprint
    from wasync.canonical.inputs import fill_examples, media_files, media_paths, missing_inputs
    from wasync.canonical.variables import parameter_format, placeholders
    from wasync.canonical.yaml_in import from_yaml
    from wasync.canonical.yaml_out import to_yaml

__all__ = [
    "as_declared",
    "contract_breaks",
    "fill_examples",
    "fingerprint",
    "from_graph",
    "from_yaml",
    "media_files",
    "media_paths",
    "missing_inputs",
    "parameter_format",
    "placeholders",
    "read_components",
    "to_components",
    "to_edit",
    "to_graph",
    "to_yaml",
    "without_defaults",
]

# No module may bear the name of its function: importing it would put the module in the function's place.
_HOMES = {
    "as_declared": "declared",
    "contract_breaks": "contract",
    "fill_examples": "inputs",
    "fingerprint": "hashing",
    "from_graph": "graph_in",
    "from_yaml": "yaml_in",
    "media_files": "inputs",
    "media_paths": "inputs",
    "missing_inputs": "inputs",
    "parameter_format": "variables",
    "placeholders": "variables",
    "read_components": "components",
    "to_components": "graph_out",
    "to_edit": "graph_out",
    "to_graph": "graph_out",
    "to_yaml": "yaml_out",
    "without_defaults": "declared",
}


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value
