"""Where the nodes of a YAML text begin and end, in lines: what an edit of the text goes by."""

from __future__ import annotations

from collections.abc import Iterator

from yaml import CSafeLoader, MappingNode, Node, ScalarNode, SequenceNode, compose_all


def roots(text: str) -> list[Node]:
    """The root of each document that is not empty; the text must be YAML."""
    return [root for root in compose_all(text, CSafeLoader) if root is not None]


def children(node: Node) -> Iterator[Node]:
    """Keys, values and items, as they stand."""
    if isinstance(node, MappingNode):
        for key, value in node.value:
            yield key
            yield value
    elif isinstance(node, SequenceNode):
        yield from node.value


def nodes(root: Node) -> Iterator[Node]:
    """Every node once, from the top down; one that an alias stands for counts where it is written."""
    seen: set[int] = set()
    left = [root]
    while left:
        node = left.pop()
        if id(node) not in seen:
            seen.add(id(node))
            yield node
            left += children(node)


def scalars(root: Node) -> Iterator[ScalarNode]:
    """Every text, keys too."""
    return (node for node in nodes(root) if isinstance(node, ScalarNode))


def shares(root: Node) -> bool:
    """Whether an alias stands for something: then what is written once is read in several places."""
    seen: set[int] = {id(root)}
    for node in nodes(root):
        for child in children(node):
            if id(child) in seen:
                return True
            seen.add(id(child))
    return False


def end_line(node: Node) -> int:
    """The line after the last that belongs to the node; comments below it do not."""
    if isinstance(node, MappingNode | SequenceNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return max(map(end_line, last)) if isinstance(last, tuple) else end_line(last)
    if isinstance(node, ScalarNode) and node.style in ("|", ">"):
        # An empty line below a block is part of it to YAML.
        return int(node.end_mark.line)
    return int(node.end_mark.line) + 1
