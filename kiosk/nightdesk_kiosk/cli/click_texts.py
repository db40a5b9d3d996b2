"""What click says of its own accord, in both languages: its message ids and our texts for them.

Only data lives here; `click_catalogue` makes the catalogues that gettext reads. The English may be better than click's.
A text has no gap that its message id lacks, and leaves out those that click fills with English words (`{number_type}`,
a path's `{name}`). Chinese sentences have no full stop: the command line sets it at the end.

After a change: `make catalogue`.
"""

from __future__ import annotations

from nightdesk_queue.text.bilingual import Text, same

HELP: dict[str, Text] = {
    "Usage:": Text(zh="用法：", en="Usage:"),
    "Options": Text(zh="选项", en="Options"),
    "Commands": Text(zh="命令", en="Commands"),
    "Positional arguments": Text(zh="参数", en="Arguments"),
    "Show this message and exit.": Text(zh="显示这段说明", en="show this text"),
    "Show the version and exit.": Text(zh="显示版本", en="show the version"),
    "%(prog)s, version %(version)s": same("%(prog)s %(version)s"),
    "Confirm the action without prompting.": Text(zh="不再询问，直接执行", en="do it without asking"),
    "default: {default}": Text(zh="默认 {default}", en="default: {default}"),
    "required": Text(zh="必填", en="required"),
    "env var: {var}": Text(zh="环境变量 {var}", en="env var: {var}"),
    "(dynamic)": Text(zh="(执行时确定)", en="(dynamic)"),
    "deprecated": Text(zh="已停用", en="deprecated"),
    "DeprecationWarning: The command {name!r} is deprecated.{extra_message}": Text(
        zh="注意：命令 {name!r} 即将停用。{extra_message}",
        en="Note: the command {name!r} will go away.{extra_message}",
    ),
    "DeprecationWarning: The {param_type} {name!r} is deprecated.{extra_message}": Text(
        zh="注意：参数 {name!r} 即将停用。{extra_message}",
        en="Note: the parameter {name!r} will go away.{extra_message}",
    ),
}
"""The words of `--help`."""

PLACEHOLDERS: dict[str, Text] = {
    "INTEGER": same("N"),
    "INTEGER RANGE": same("N"),
    "FLOAT": same("X"),
    "FLOAT RANGE": same("X"),
    "TEXT": same("TEXT"),
    "PATH": same("FILE"),
    "FILENAME": same("FILE"),
    "DIRECTORY": same("FOLDER"),
    "[OPTIONS]": Text(zh="[选项]", en="[OPTIONS]"),
    "COMMAND [ARGS]...": Text(zh="命令 [参数]...", en="COMMAND [ARGS]..."),
}
"""What stands for a value in `--help`; click does not ask gettext for these, `bilingual` does.

Values have the short names of docs/commands.md in both languages, as CLINIC and TICKET have. click lines up its columns
by the number of characters, so wide ones would break them.
"""

USAGE: dict[str, Text] = {
    "No such command {name!r}.": Text(zh="没有命令 {name!r}", en="There is no command {name!r}."),
    "No such option {name!r}.": Text(zh="没有选项 {name!r}", en="There is no option {name!r}."),
    "Missing command.": Text(zh="还缺一个命令", en="A command is missing."),
    "Missing argument": Text(zh="缺少参数", en="Missing argument"),
    "Missing option": Text(zh="缺少选项", en="Missing option"),
    "Missing parameter": Text(zh="缺少参数", en="Missing parameter"),
    "Missing {param_type}": Text(zh="缺少参数", en="Missing parameter"),
    "Missing parameter: {param_name}": Text(zh="缺少参数：{param_name}", en="Missing parameter: {param_name}"),
    "Invalid value: {message}": Text(zh="值不对：{message}", en="A value is not right: {message}"),
    "Invalid value for {param_hint}: {message}": Text(
        zh="{param_hint} 的值不对：{message}", en="{param_hint} is not right: {message}"
    ),
    "Option {name!r} does not take a value.": Text(
        zh="选项 {name!r} 不带值", en="The option {name!r} does not take a value."
    ),
    "Argument {name!r} takes {nargs} values.": Text(
        zh="参数 {name!r} 要 {nargs} 个值", en="The argument {name!r} takes {nargs} values."
    ),
    "Value must be an iterable.": Text(zh="要一组值", en="Several values are needed."),
    "Try '{command} {option}' for help.": Text(zh="用 {command} {option} 查看写法", en="See {command} {option}"),
    "Error: {message}": Text(zh="错误：{message}", en="error: {message}"),
    "Aborted!": Text(zh="已中断", en="Interrupted"),
}
"""What is wrong with a command line."""

VALUES: dict[str, Text] = {
    "{value!r} is not a valid {number_type}.": Text(
        zh="{value!r} 不是可用的数字", en="{value!r} is not a usable number."
    ),
    "{value} is not in the range {range}.": Text(
        zh="{value} 不在范围 {range}", en="{value} is not in the range {range}."
    ),
    "{value!r} is not a valid boolean. Recognized values: {states}": Text(
        zh="{value!r} 不可用；可用：{states}", en="{value!r} is not one of {states}"
    ),
    "{value!r} is not a valid UUID.": Text(zh="{value!r} 不是 UUID", en="{value!r} is not a UUID."),
    "Choose from:\n\t{choices}": Text(zh="可用：{choices}", en="Use one of {choices}"),
    "Choice({choices})": Text(zh="可用：{choices}", en="Choice({choices})"),
    "file": Text(zh="文件", en="file"),
    "directory": Text(zh="目录", en="directory"),
    "path": Text(zh="路径", en="path"),
    "{name} {filename!r} does not exist.": Text(zh="{filename!r} 不存在", en="{filename!r} does not exist."),
    "{name} {filename!r} is a file.": Text(zh="{filename!r} 是文件，不是目录", en="{filename!r} is a file."),
    "{name} {filename!r} is a directory.": Text(zh="{filename!r} 是目录，不是文件", en="{filename!r} is a directory."),
    "{name} {filename!r} is not readable.": Text(zh="{filename!r} 不可读", en="{filename!r} is not readable."),
    "{name} {filename!r} is not writable.": Text(zh="{filename!r} 不可写", en="{filename!r} is not writable."),
    "{name} {filename!r} is not executable.": Text(zh="{filename!r} 不可执行", en="{filename!r} is not executable."),
    "Could not open file {filename!r}: {message}": Text(
        zh="打不开文件 {filename!r}：{message}", en="The file {filename!r} cannot be opened: {message}"
    ),
    "unknown error": Text(zh="原因不明", en="the cause is not known"),
}
"""What is wrong with a value."""

TERMINAL: dict[str, Text] = {
    "d": Text(zh="天", en="d"),
    "Do you want to continue?": Text(zh="要继续吗？", en="Do you want to continue?"),
    "Press any key to continue...": Text(zh="按任意键继续……", en="Press any key to continue..."),
    "Repeat for confirmation": Text(zh="再输入一次", en="Repeat for confirmation"),
    "Error: The two entered values do not match.": Text(
        zh="错误：两次输入不一样", en="error: the two entries are not the same"
    ),
    "Error: invalid input": Text(zh="错误：输入不对", en="error: this is not an answer"),
    "{editor}: Editing failed": Text(zh="{editor}：编辑失败", en="{editor}: editing failed"),
    "{editor}: Editing failed: {e}": Text(zh="{editor}：编辑失败：{e}", en="{editor}: editing failed: {e}"),
    "Windows error: {error}": Text(zh="Windows 错误：{error}", en="Windows error: {error}"),
    "Shell completion is not supported for Bash versions older than 4.4.": Text(
        zh="Bash 4.4 以前的版本没有命令补全", en="Shell completion needs Bash 4.4 or newer."
    ),
    "Couldn't detect Bash version, shell completion is not supported.": Text(
        zh="看不出 Bash 的版本，没有命令补全", en="The version of Bash is not known; there is no shell completion."
    ),
}
"""Progress bars, questions and the shell."""

DECLARATIONS: dict[str, Text] = {
    "Name '{name}' defined twice": Text(zh="名称 '{name}' 定义了两次", en="The name '{name}' is defined twice"),
    "Boolean option {decl!r} cannot use the same flag for true/false.": Text(
        zh="是否选项 {decl!r} 的两个写法不能相同", en="The two flags of the option {decl!r} cannot be the same."
    ),
    "Could not determine name for option with declarations {decls!r}": Text(
        zh="选项 {decls!r} 没有名称", en="The option {decls!r} has no name"
    ),
    "No options defined but a name was passed ({name}). Did you mean to declare an argument instead? "
    "Did you mean to pass '--{name}'?": Text(
        zh="{name} 不是选项的写法；选项写 '--{name}'，否则声明为参数",
        en="{name} is not written as an option: write '--{name}', or declare an argument",
    ),
    "Arguments take exactly one parameter declaration, got {length}: {decls}.": Text(
        zh="参数只能有一个名称，现有 {length} 个：{decls}", en="An argument has one name, not {length}: {decls}."
    ),
    "Invalid start character for option ({option})": Text(
        zh="选项 {option} 的第一个字符不可用", en="The option {option} cannot begin so"
    ),
    "Unknown color {colour!r}": Text(zh="没有颜色 {colour!r}", en="There is no colour {colour!r}"),
    "Unknown standard stream '{name}'": Text(zh="没有标准流 '{name}'", en="There is no standard stream '{name}'"),
}
"""Mistakes of a programmer; nobody at a desk sees them."""

TEXTS: dict[str, Text] = HELP | PLACEHOLDERS | USAGE | VALUES | TERMINAL | DECLARATIONS

PLURALS: dict[tuple[str, str], tuple[Text, Text]] = {
    ("Did you mean {possibility}?", "(Did you mean one of: {possibilities}?)"): (
        Text(zh="（是不是 {possibility}？）", en="Did you mean {possibility}?"),
        Text(zh="（是不是 {possibilities}？）", en="Did you mean one of {possibilities}?"),
    ),
    ("Got unexpected extra argument ({args})", "Got unexpected extra arguments ({args})"): (
        Text(zh="多了一个参数：{args}", en="One argument too many: {args}"),
        Text(zh="多了几个参数：{args}", en="Too many arguments: {args}"),
    ),
    ("Takes {nargs} values but 1 was given.", "Takes {nargs} values but {len} were given."): (
        Text(zh="要 {nargs} 个值，给了 1 个", en="It takes {nargs} values, 1 was given."),
        Text(zh="要 {nargs} 个值，给了 {len} 个", en="It takes {nargs} values, {len} were given."),
    ),
    ("Option {name!r} requires an argument.", "Option {name!r} requires {nargs} arguments."): (
        Text(zh="选项 {name!r} 后面要有值", en="The option {name!r} needs a value."),
        Text(zh="选项 {name!r} 后面要有 {nargs} 个值", en="The option {name!r} needs {nargs} values."),
    ),
    ("{value!r} is not {choice}.", "{value!r} is not one of {choices}."): (
        Text(zh="{value!r} 不可用；可用：{choice}", en="{value!r} is not {choice}."),
        Text(zh="{value!r} 不可用；可用：{choices}", en="{value!r} is not one of {choices}."),
    ),
    ("{value!r} does not match the format {format}.", "{value!r} does not match the formats {formats}."): (
        Text(zh="{value!r} 的写法不对；应为 {format}", en="{value!r} is not written as {format}."),
        Text(zh="{value!r} 的写法不对；应为 {formats}", en="{value!r} is not written as one of {formats}."),
    ),
    (
        "{len_type} values are required, but {len_value} was given.",
        "{len_type} values are required, but {len_value} were given.",
    ): (
        Text(zh="要 {len_type} 个值，给了 {len_value} 个", en="It takes {len_type} values, {len_value} was given."),
        Text(zh="要 {len_type} 个值，给了 {len_value} 个", en="It takes {len_type} values, {len_value} were given."),
    ),
}
"""Messages with a form for one and a form for several."""
