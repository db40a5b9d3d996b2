"""What of a message is shown: nothing by which somebody can be recognised, wherever a sender has put it."""

from __future__ import annotations

import pytest
from emergency import Said

from nightdesk_transfers.masking import without_names

PERSONAL = ("陈", "小芳", "19940312", "330106199403120000", "13800001234", "王密", "Li^Min")
TEXT = Said(name="陈^小芳").text("1")


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        TEXT.replace("PID|1||", "PID|1|330106199403120000|330106199403120000^^^CN^NI~"),
        TEXT + "NTE|1||陈小芳 13800001234\rZPI|1|陈小芳\rNK1|1|陈^小芳||13800001234\r",
        TEXT + "OBX|2|ST|1234^Note||陈小芳 13800001234\r",
        TEXT + "SCH|B1|||||BOOKED|||||^^15||||陈^小芳|13800001234|||王密\r",
        TEXT.replace("EVN|A02|20260302183000+0800", "EVN|A02|20260302183000+0800|||N1^Li^Min"),
        TEXT.replace("|", "#").replace("^", "*"),
        "<name>王密</name><tel>13800001234</tel>",
        "00012345^^^ZJFY^MR||王密||19940312",
    ],
)
def test_nobody_can_be_recognised(text: str) -> None:
    shown = without_names(text)
    assert not [word for word in PERSONAL if word in shown]


def test_what_an_engineer_needs_stays() -> None:
    shown = without_names(TEXT)
    for word in ("ED_TRIAGE", "A02", "P1^^^ZJFY^MR", "TCM_NIGHT", "V1^^^ZJFY^VN", "11283-9^Acuity^LN|1|4"):
        assert word in shown
    assert without_names("") == ""
