"""What each step does, in a sentence: for the page of keys and for the palette."""

from __future__ import annotations

from nightdesk_kiosk.console.steps import Step
from nightdesk_queue.text.bilingual import Text

HELP: dict[Step, Text] = {
    Step.NEXT: Text(
        zh="叫下一位到选中的诊室；诊室里正在就诊的先完成",
        en="call the next patient to the chosen room; a consultation in it is finished first",
    ),
    Step.THIS: Text(zh="叫选中的患者，不按次序，要说明原因", en="call the chosen patient out of turn, and say why"),
    Step.RECALL: Text(zh="再叫一次", en="call the same patient once more"),
    Step.START: Text(zh="患者进来了，开始就诊", en="the patient has come in, the consultation begins"),
    Step.FINISH: Text(zh="就诊完成；有去处的回原门诊", en="the consultation is over; a way back is taken"),
    Step.MISS: Text(zh="叫了没来；叫的次数不够会先问", en="did not come; before enough calls it asks"),
    Step.HOLD: Text(zh="去做检查，号码保留", en="sent to an examination, the number stays"),
    Step.ISSUE: Text(zh="在台前发号，或登记电话预约", en="give a number at the desk, or note a telephone call"),
    Step.RETURN: Text(zh="检查后回来", en="back from the examination"),
    Step.REJOIN: Text(
        zh="到了：过号的重新排队，预约的报到，检查的回来",
        en="is here: missed rejoins, expected checks in, away comes back",
    ),
    Step.FIND: Text(
        zh="按号码、姓名或电话尾号找今晚的任何人", en="find anybody of tonight by number, name or end of telephone"
    ),
    Step.ROOM: Text(zh="诊室开诊、暂停、下班", en="open, pause or close the chosen room"),
    Step.TRANSFER: Text(
        zh="转到别的门诊：先看到那里的位次和等候", en="send to another clinic; place and wait there are shown first"
    ),
    Step.LEVEL: Text(
        zh="改分诊级别；I、II 级送急诊；级别不变算看过一次", en="set the triage level; I and II go to Emergency"
    ),
    Step.NOTE: Text(zh="给患者写备注，只有医护看到", en="a note for staff on this patient"),
    Step.BADGES: Text(zh="加上或去掉优先类别", en="who goes first: add or take away a group"),
    Step.CANCEL: Text(zh="取消号码", en="give up the number"),
    Step.UNDO: Text(zh="撤销：列出最近几步和时间", en="take back: the last steps with their times"),
    Step.END: Text(zh="处理散场后还在的患者，逐个或全部", en="who is left over after the session, one by one or all"),
    Step.SUSPEND: Text(zh="门诊停诊(带通知)、恢复、换诊室", en="suspend a clinic with a notice, resume it, move it"),
    Step.DEVICES: Text(zh="打印机、叫号屏、语音和打印任务", en="printers, call screens, voice, and print jobs"),
    Step.REPRINT: Text(zh="补打小票", en="print the slip again"),
    Step.SEEN: Text(zh="确认警报；值班呼叫按名应答", en="alarms in sight are seen; a page is answered by name"),
    Step.TAKE_BACK: Text(zh="收回一台自助机乱取的号", en="take back the numbers a kiosk gave in a burst"),
    Step.TROUBLES: Text(zh="列出全部警报和故障", en="everything that is wrong, in full"),
    Step.CLINIC: Text(zh="换一个门诊看，0 是全部", en="show another clinic; 0 shows all"),
    Step.LANGUAGE: Text(zh="换语言", en="the other language"),
    Step.PERSON: Text(zh="登录、换人、锁定", en="sign in, change the person, lock"),
    Step.NUMBERS: Text(
        zh="今晚的数字：取号、等候、过号、时段", en="tonight in numbers: arrivals, waits, misses by hour"
    ),
    Step.FROM_ER: Text(
        zh="急诊系统转来而被拒的患者：加号接收，或记为已处理",
        en="patients whom Emergency's system sent and the queue refused: take in, or note as dealt with",
    ),
    Step.HELP: Text(zh="这一页", en="this page"),
}
