"""config.toml from file to `Hospital`."""

from __future__ import annotations

import json
from pathlib import Path

from nightdesk_queue.config import remembered
from nightdesk_queue.config.hospital import Hospital
from nightdesk_queue.config.machine_tables import MachineFile
from nightdesk_queue.domain.errors import ConfigError, ConfigFault
from nightdesk_queue.text.bilingual import Text

MACHINE_FILE = "machine.toml"
LARGEST = 1_000_000
"""Bytes of a configuration; a hundred times as many as any hospital's has."""


def load(path: Path) -> Hospital:
    """Read a configuration file, and check it where it has changed since it was checked last.

    Raises ConfigError with every fault in it, each with file, key, value and fix.
    """
    content = _content(path)
    hospital = remembered.recall(content)
    if hospital is None:
        hospital = parse(content, str(path))
        remembered.keep(content, hospital)
    return hospital.changed(folder=path.resolve().parent)


def machine_file(config: Path) -> MachineFile:
    """Return what stands in the machine's own file beside a configuration; an empty one where there is none.

    Raises ConfigError.
    """
    path = config.resolve().with_name(MACHINE_FILE)
    if not path.exists():
        return MachineFile()
    # imported here: most machines have none
    from nightdesk_queue.config.checking import check_machine  # noqa: PLC0415

    return check_machine(_content(path), str(path))


def content_of(path: Path) -> str:
    """Return the text of a configuration. Raises ConfigError."""
    return _content(path)


def version_of(content: str, path: Path) -> str:
    """Return what tells a configuration from another: the same for files that differ only in remarks and spaces.

    `path`: the file named in faults. Raises ConfigError where the content is not TOML.
    """
    import tomllib  # noqa: PLC0415 - only programs that run for a night pay for it
    from hashlib import sha256  # noqa: PLC0415 - as above

    try:
        tables = json.dumps(tomllib.loads(content), sort_keys=True, default=str)
    except tomllib.TOMLDecodeError:
        parse(content, str(path))  # says where and why
        raise
    return sha256(tables.encode()).hexdigest()[:8]


def parse(text: str, file: str = "config.toml") -> Hospital:
    """Check the text of a configuration; `file` is the name used in faults. Raises ConfigError."""
    # imported here, pydantic with it: a command that finds its configuration checked does not pay for the check
    from nightdesk_queue.config.checking import check  # noqa: PLC0415

    return check(text, file)


def _content(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
        if len(content) > LARGEST:
            raise ConfigError(str(path), [_too_large(path)])
        return content.decode("utf-8-sig")
    except OSError as error:
        raise ConfigError(str(path), [_unreadable(path, error)]) from error
    except UnicodeDecodeError as error:
        fault = ConfigFault(
            str(path),
            f"byte {error.start}",
            repr(error.object[error.start : error.end]),
            Text(zh="文件不是 UTF-8 编码", en="the file is not UTF-8"),
            Text(zh="用编辑器另存为 UTF-8", en="save it as UTF-8 in your editor"),
        )
        raise ConfigError(str(path), [fault]) from error


def _too_large(path: Path) -> ConfigFault:
    return ConfigFault(
        str(path),
        "-",
        "-",
        Text(zh="文件大于 1 MB，不是配置文件", en="the file is larger than 1 MB: this is no configuration"),
        Text(zh="用 --config 指出配置文件", en="name the configuration with --config"),
    )


def _unreadable(path: Path, error: OSError) -> ConfigFault:
    return ConfigFault(
        str(path),
        "-",
        "-",
        Text(zh="打不开配置文件：{e}", en="the configuration cannot be read: {e}").fill(e=error.strerror or error),
        Text(
            zh="用 --config 指出文件，或在当前目录放一个 config.toml",
            en="name it with --config, or put a config.toml here",
        ),
    )
