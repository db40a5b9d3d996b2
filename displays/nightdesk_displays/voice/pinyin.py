"""Pinyin with tone numbers for Chinese texts, which a voice of espeak-ng takes.

espeak-ng's own reading of characters gets surnames wrong; pypinyin reads words by their context, and surnames with a
reading of their own stand here. A hospital adds its own in `[voice] lexicon`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from nightdesk_displays.voice.words import SOMEBODY, digit_text
from nightdesk_queue.domain.errors import Fault
from nightdesk_queue.text.bilingual import Text

SURNAMES = Text(
    zh="单 曾 仇 解 查 盖 区 朴 任 华 乐 宁 召 逄 员 尹 缪 翟 覃 种 谌 祭 繁 折 句 那 阚 燕 卜 葛 哈 过 黑 秘 "
    "么 乜 少 郇 洗 能 相 占 都 干 重 薄 撒 藏 於 佴 隗 万俟 尉迟 长孙 澹台 令狐 单于",
    en="shan4 zeng1 qiu2 xie4 zha1 ge3 ou1 piao2 ren2 hua4 yue4 ning2 shao4 pang2 yun4 yin3 miao4 zhai2 qin2 chong2 "
    "chen2 zhai4 po2 she2 gou1 na1 kan4 yan1 bu3 ge3 ha3 guo1 he4 bi4 yao1 nie4 shao4 xun2 xian3 nai4 "
    "xiang4 zhan1 du1 gan1 chong2 bo2 sa3 zang1 yu1 nai4 wei3 mo4-qi2 yu4-chi2 zhang3-sun1 tan2-tai2 ling2-hu2 "
    "chan2-yu2",
)
"""Surnames that are read otherwise than the word of the same character, and their reading."""
WORDS = {"大夫": "dai4 fu5"}
"""Words that are read otherwise than their characters, wherever they stand; pypinyin does not know them."""
COUNTED = re.compile(r"(?<![0-9])([1-9][0-9]?)(?=号|楼|层|床|室|诊室|窗口|病区)")
"""A number of one or two digits that counts something is read as a number: 10号 is shí hào."""
NO_PYPINYIN = Text(
    zh="中文播报需要 pypinyin；安装 nightdesk[voice]", en="Chinese speech needs pypinyin; install nightdesk[voice]"
)


def read(text: str, lexicon: Mapping[str, str], *, name: bool = False) -> str:
    """Return a Chinese text in pinyin, `qing3 ling2 yi1`; letters and punctuation stay as they are.

    `name`: the text is a person's name, whose surname may have a reading of its own. `lexicon` goes before everything,
    longer words before shorter ones. Raises Fault("no_pinyin") without pypinyin.
    """
    for written in [*sorted(lexicon, key=len, reverse=True), *WORDS]:
        if written and written in text:
            before, _, behind = text.partition(written)
            reading = {**WORDS, **lexicon}[written]
            return _spaced(read(before, lexicon, name=name), reading, read(behind, lexicon))
    if name:
        for written, reading in sorted(surnames().items(), key=lambda pair: -len(pair[0])):
            if text.startswith(written):
                return _spaced(reading.replace("-", " "), _plain(text.removeprefix(written)))
    return _plain(text)


def read_masked(name: str, hidden: str, lexicon: Mapping[str, str]) -> str:
    """Return a name in pinyin with its middle hidden (`hidden`: 尉*恭), read as the whole name is: yu4 mou3 gong1."""
    syllables = read(name, lexicon, name=True).split()
    if len(syllables) != len(hidden) or len(name) != len(hidden):
        return read(hidden.replace("*", SOMEBODY.zh), lexicon, name=True)
    nobody = read(SOMEBODY.zh, lexicon)
    return " ".join(nobody if char == "*" else syllable for char, syllable in zip(hidden, syllables, strict=True))


def _spaced(*parts: str) -> str:
    return " ".join(part for part in parts if part)


def surnames() -> dict[str, str]:
    """Return the surnames with a reading of their own."""
    return dict(zip(SURNAMES.zh.split(), SURNAMES.en.split(), strict=True))


def number_text(number: int) -> str:
    """Return a number below a thousand in characters: 零, 十, 十二, 二十, 一百零五, 一百一十."""
    hundreds, below = divmod(number, 100)
    if hundreds:
        between = digit_text("0", "zh") if 0 < below < 10 else ""
        leading = digit_text("1", "zh") if 10 <= below < 20 else ""
        return f"{digit_text(str(hundreds), 'zh')}百{between}{leading}{number_text(below) if below else ''}"
    tens, ones = divmod(below, 10)
    before = "" if tens == 0 else "十" if tens == 1 else f"{digit_text(str(tens), 'zh')}十"
    return before + (digit_text(str(ones), "zh") if ones or not tens else "")


def _plain(text: str) -> str:
    try:
        from pypinyin import Style, lazy_pinyin  # noqa: PLC0415 - an extra, and slow to import
    except ImportError as error:
        raise Fault("no_pinyin", NO_PYPINYIN) from error
    counted = COUNTED.sub(lambda found: number_text(int(found[1])), text)
    spelled = "".join(digit_text(char, "zh") if char.isdecimal() and char.isascii() else char for char in counted)
    syllables = lazy_pinyin(spelled, style=Style.TONE3, neutral_tone_with_five=True)
    return " ".join(syllable.strip() for syllable in syllables if syllable.strip())
