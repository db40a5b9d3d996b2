"""Every word of the service menu, for staff and for who looks after the kiosk."""

from __future__ import annotations

from nightdesk_queue.text.bilingual import Text

ENTER_PIN = Text(zh="服务密码", en="Service PIN")
MENU = Text(zh="服务菜单 {kiosk}", en="Service menu of {kiosk}")
SUSPEND = Text(zh="停用本机", en="Take out of service")
RESUME = Text(zh="恢复本机", en="Put back in service")
TEST_SLIP = Text(zh="打印测试页", en="Print a test page")
CLEAN = Text(zh="锁屏清洁 {n} 秒", en="Lock to clean, {n} s")
ERRORS = Text(zh="最近的故障", en="Last errors")
NO_ERRORS = Text(zh="没有故障记录", en="No errors on record")
RESTART = Text(zh="重新启动", en="Restart")
LEAVE = Text(zh="离开", en="Leave")
THEME = Text(zh="配色：{theme}", en="Theme: {theme}")
BRIGHTNESS_DAY = Text(zh="白天亮度 {n}%", en="Brightness by day {n}%")
BRIGHTNESS_NIGHT = Text(zh="夜间亮度 {n}%", en="Brightness by night {n}%")
CLEANING = Text(zh="正在清洁，请勿触摸", en="Cleaning, touches do nothing")
DONE = Text(zh="已完成", en="Done")
TEST_QUEUED = Text(zh="测试页已送到打印机 {printer}", en="The test page is on its way to printer {printer}")
NO_DIMMING = Text(
    zh="亮度已记下；本机没有写 backlight，屏幕不会变",
    en="Noted; without `backlight` in config.toml the screen does not change",
)
DIMMING_FAILED = Text(zh="屏幕亮度写不进去：{e}", en="The brightness of the screen cannot be set: {e}")
PIN_WRONG = Text(zh="密码不对，还可以试 {n} 次", en="Wrong PIN, {n} tries left")
PIN_LOCKED = Text(zh="已锁定，{n} 秒后再试", en="Locked, try again in {n} s")
NO_PIN = Text(
    zh="还没有设密码：在服务器上用 nightdesk kiosk pin 设置", en="No PIN is set: set one with nightdesk kiosk pin"
)
