"""A reviewer's way through the console, in a real browser on the real library."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Visit, sign_in

pytestmark = pytest.mark.browser

SMALLEST_FONT = """Math.min(...[...document.querySelectorAll('body *')]
  .filter(e => e.innerText && e.offsetParent).map(e => parseFloat(getComputedStyle(e).fontSize)))"""
FAINT_TEXT = """(() => {
  const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  const rgba = colour => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data]; };
  const light = ([r, g, b]) => [r, g, b].map(v => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = e => { for (; e; e = e.parentElement) {
    const c = rgba(getComputedStyle(e).backgroundColor); if (c[3] === 255) return c; } return [255, 255, 255]; };
  return [...document.querySelectorAll('body *')]
    .filter(e => e.offsetParent && [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()))
    .map(e => { const [a, b] = [light(rgba(getComputedStyle(e).color)), light(ground(e))].sort((x, y) => y - x);
      return [(a + 0.05) / (b + 0.05), e.textContent.trim().slice(0, 20)]; })
    .filter(([ratio]) => ratio < 4.5).map(([ratio, text]) => `${ratio.toFixed(2)} ${text}`);
})()"""
"""Texts whose contrast is under 4.5 : 1 (WCAG 2.2, 1.4.3)."""

NEED = "道路、桥梁安全监测与养护"
SUM = re.compile(r"^(?:\S+ [\d.]+(?: \+ )?)+ = ([\d.]+)$")


def test_a_reviewer_reads_why_the_first_is_first_approves_it_and_rejects_another(visit: Visit) -> None:
    page = visit.page
    sign_in(visit)
    expect(page.get_by_role("heading", name="数据需求")).to_be_visible()
    expect(page.locator(".board tbody tr")).to_have_count(23)

    page.get_by_role("link", name=NEED).click()
    expect(page.get_by_role("heading", name=NEED)).to_be_visible()
    first = page.locator(".match").first
    score = first.locator(".match-score .value").inner_text()
    why = first.locator("details.why")
    expect(why).to_have_attribute("open", "")
    for part in ("文本", "标签", "数据要素", "条件", "可信度"):
        expect(why.get_by_role("heading", name=part)).to_be_visible()
    expect(why.locator(".term").first).to_be_visible()
    said = SUM.match(first.get_by_role("img").get_attribute("aria-label") or "")
    assert said
    assert said[1] == score
    widths = first.locator(".bar-tall rect:not(.track)")
    points = [int(widths.nth(place).get_attribute("width") or 0) for place in range(widths.count())]
    assert sum(points) == round(100 * float(score))

    title = first.locator(".match-title").inner_text()
    first.get_by_role("button", name="通过").click()
    expect(page.get_by_role("status")).to_contain_text(f"已通过《{title}》")
    expect(page.locator(".match").first.locator(".match-status")).to_contain_text("已通过")
    expect(page.locator(".match").first).to_contain_text("李娜 于")

    second = page.locator(".match").nth(1)
    title = second.locator(".match-title").inner_text()
    second.locator("details.reject summary").click()
    second.get_by_label("原因").select_option(label="覆盖不足")
    second.get_by_label("备注").fill("缺县级数据")
    second.get_by_role("button", name="确认驳回").click()
    expect(page.get_by_role("status")).to_contain_text(f"已驳回《{title}》（覆盖不足）")
    expect(page.get_by_role("status")).to_be_in_viewport(ratio=1)
    expect(page.locator(".match").nth(1).locator(".match-title")).to_be_in_viewport(ratio=1)
    expect(page.locator(".match").nth(1)).to_contain_text("缺县级数据")

    page.goto("/needs")
    row = page.locator(".board tr", has_text=NEED)
    expect(row).to_contain_text("已通过 1")
    expect(row).to_contain_text("已驳回 1")


def test_the_console_works_with_the_keyboard_alone_and_signs_out(visit: Visit) -> None:
    page = visit.page
    sign_in(visit)
    expect(page.get_by_role("heading", name="数据需求")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
    page.goto("/needs/SC-08")
    closed = page.locator("details.why").nth(1)
    closed.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(closed).to_have_attribute("open", "")
    page.get_by_role("button", name="退出").click()
    expect(page.get_by_role("status")).to_contain_text("您已退出登录")
    page.goto("/needs")
    expect(page.get_by_role("button", name="登录")).to_be_visible()


def test_no_page_is_wider_than_its_window_or_has_small_print_in_either_language(visit: Visit) -> None:
    page = visit.page
    sign_in(visit)
    expect(page.get_by_role("heading", name="数据需求")).to_be_visible()
    for language in ("en", "zh_Hans"):
        for path in ("/needs", "/needs/SC-07", "/products", "/products?q=GZ-", "/products/GZ-01"):
            page.goto(f"/language/{language}?next={path}")
            for width in (360, 390, 768, 1024, 1280):
                page.set_viewport_size({"width": width, "height": 844})
                assert page.evaluate("document.documentElement.scrollWidth") <= width, (path, language)
            assert page.evaluate(SMALLEST_FONT) >= 14, (path, language)


def test_colours_follow_the_system_and_text_stands_out_from_its_ground(visit: Visit) -> None:
    page = visit.page
    sign_in(visit)
    expect(page.get_by_role("heading", name="数据需求")).to_be_visible()
    for scheme in ("light", "dark", "light"):
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        expect(page.locator("html")).to_have_attribute("data-bs-theme", scheme)
        for path in ("/needs", "/needs/SC-07", "/products/GZ-01"):
            page.goto(path)
            assert page.evaluate(FAINT_TEXT) == [], (path, scheme)
