"""The commands of a group, those included whose module nobody has imported yet."""

from __future__ import annotations

from collections.abc import Iterator

import click


def members(group: click.Group) -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None, name
        yield name, command
