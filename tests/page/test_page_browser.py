"""The page of results in a real browser: it loads whole, can be read, heard and used, wide and narrow."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from headless_browser import Browser, Page, find_browser
from sample_runs import SECONDS, STATUSES, leave_runs

from common.report import build

CHECKS = (Path(__file__).parent / "page_checks.js").read_text(encoding="utf-8")
WIDTHS = {"phone": 390, "desktop": 1280}

pytestmark = pytest.mark.skipif(
    find_browser() is None, reason="no Chromium is installed (Debian: apt-get install chromium)"
)


@pytest.fixture(scope="module")
def index(tmp_path_factory) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        return build(leave_runs(tmp_path_factory.mktemp("runs"), patch))


@pytest.fixture(scope="module")
def browser():
    with Browser() as running:
        yield running


@pytest.fixture
def opened(browser, index):
    """`opened(width=..., scheme=...)` opens the page in a tab, which is closed after the test."""
    tabs: list[Page] = []

    def open_page(**options) -> Page:
        tabs.append(browser.open(index.as_uri(), **options))
        return tabs[-1]

    yield open_page
    for tab in tabs:
        tab.close()


def wait_until(page: Page, condition: str, seconds: float = 10.0) -> None:
    end = time.monotonic() + seconds
    while not page.evaluate(f"Boolean({condition})"):
        assert time.monotonic() < end, f"never: {condition}"
        time.sleep(0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
def test_it_can_be_read_at_every_width_and_in_both_colours(opened, width, scheme):
    page = opened(width=width, scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    for check in ("overflow", "contrast", "images", "drawings", "controls", "ids", "references", "headings"):
        assert page.evaluate(f"({CHECKS}).{check}()") == [], check
    assert page.evaluate(f"({CHECKS}).landmarks()") == [] and page.evaluate(f"({CHECKS}).targets()") == []
    assert page.evaluate("innerWidth") == width and page.problems() == []
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert dark == ("rgb(20, 22, 26)" if scheme == "dark" else "rgb(250, 249, 246)")


def test_everything_loads_and_nothing_comes_from_a_network(opened, index):
    page = opened()
    wait_until(page, "[...document.querySelectorAll('audio')].every(one => one.readyState >= 1)")
    assert page.problems() == []
    asked = [url for url in page.requests() if not url.startswith("data:")]
    assert asked and all(url.startswith(index.parent.as_uri()) for url in asked)


def test_a_missing_sound_and_a_script_error_are_noticed(browser, tmp_path):
    """The checks above can fail."""
    (tmp_path / "bad.html").write_text("<audio src='none.wav'></audio><img src='none.png'><script>x.y.z</script>")
    page = browser.open((tmp_path / "bad.html").as_uri())
    wait_until(page, "document.images[0].complete")
    found = " ".join(page.problems())
    assert "failed to load" in found and "exception" in found
    page.evaluate("document.body.innerHTML = '<p style=\"color:#aaa;background:#fff;width:3000px\">pale</p><button>'")
    for check in ("contrast", "overflow", "controls", "headings", "landmarks"):
        assert page.evaluate(f"({CHECKS}).{check}()") != [], check
    page.close()


def test_players_have_a_duration(opened):
    page = opened()
    wait_until(page, "[...document.querySelectorAll('audio')].every(one => one.readyState >= 1)")
    durations = page.evaluate("[...document.querySelectorAll('audio')].map(one => one.duration)")
    assert len(durations) == 3 and durations == pytest.approx([SECONDS] * 3, abs=0.01)


def test_the_table_of_figures_is_filtered_and_searched(opened):
    page = opened()
    shown = "[...document.querySelectorAll('#figures tbody tr')].filter(row => row.checkVisibility())"
    assert page.evaluate(f"{shown}.length") == 0
    for status, count in STATUSES.items():
        page.evaluate(f"document.querySelector('.count[data-status={status}]').click()")
        assert page.evaluate(f"{shown}.map(row => row.dataset.status)") == [status] * count
        assert page.evaluate("document.getElementById('shown').textContent").startswith(f"{count} of ")
    page.evaluate("document.querySelector('.count[aria-pressed=true]').click()")
    assert page.evaluate(f"{shown}.length") == sum(STATUSES.values())
    search = "const box = document.getElementById('search'); box.value = {!r}; box.dispatchEvent(new Event('input'));"
    page.evaluate(f"(() => {{ {search.format('F_EXPLAINED'.replace('F_', 'w1.') + ' rule')} }})()")
    assert page.evaluate(f"{shown}.map(row => row.dataset.status)") == ["explained"] * STATUSES["explained"]
    page.evaluate(f"(() => {{ {search.format('nothing like this')} }})()")
    assert page.evaluate(f"{shown}.length") == 0


def test_an_assignments_line_leads_to_its_figures(opened):
    page = opened()
    page.evaluate("document.querySelector('.compared a').click()")
    assert page.evaluate("document.getElementById('figures').open")
    assert page.evaluate("document.getElementById('search').value") == "Singing RNN"


def test_the_switch_of_colours_is_kept(opened):
    page = opened(scheme="light")
    colour = "getComputedStyle(document.body).backgroundColor"
    before = page.evaluate(colour)
    page.evaluate("document.getElementById('scheme').click()")
    assert page.evaluate(colour) != before
    page.send("Page.reload")
    page.browser.wait("Page.loadEventFired", page.session)
    assert page.evaluate(colour) != before, "the choice is forgotten"
    page.evaluate("document.getElementById('scheme').click()")
    assert page.evaluate(colour) == before


def test_the_heat_map_answers_to_pointing_and_to_keys(opened):
    page = opened()
    cell = 'document.querySelector(\'.cell[data-r="0"][data-c="1"]\')'
    page.evaluate(f"{cell}.scrollIntoView({{behavior: 'instant', block: 'center'}})")
    left, top, side = page.evaluate(f"(({{x, y, width}}) => [x, y, width])({cell}.getBoundingClientRect())")
    said = "document.querySelector('.said').textContent.replaceAll('\\u202f', ' ')"
    page.send("Input.dispatchMouseEvent", type="mouseMoved", x=left + side / 2, y=top + side / 2)
    wait_until(page, f"{said}.includes('90 %')")
    assert page.evaluate(said) == "while writing 1, column a: 90 %"
    page.evaluate("document.querySelector('.heat').focus()")
    for key in ("ArrowDown", "ArrowLeft", "ArrowLeft"):  # the last one stays inside
        page.send("Input.dispatchKeyEvent", type="keyDown", key=key, code=key)
    assert page.evaluate(said) == "while writing 2, column m: 50 %"


def test_the_roll_follows_the_playback(opened):
    page = opened()
    page.evaluate("document.querySelector('.roll-box').scrollIntoView({behavior: 'instant', block: 'center'})")
    sound = "document.querySelector('.roll-box').previousElementSibling"
    wait_until(page, f"{sound}.readyState >= 2")
    page.evaluate(f"{sound}.play()")
    wait_until(page, f"{sound}.currentTime > 0.7 && document.querySelector('.tone.on')")
    playing = page.evaluate("[...document.querySelectorAll('.tone.on')].map(note => Number(note.dataset.from))")
    assert 0.5 in playing
    place = page.evaluate("Number(document.querySelector('.notes .head').getAttribute('x1'))")
    assert place > 0.5 / SECONDS * page.evaluate("document.querySelector('.notes').viewBox.baseVal.width")
    page.evaluate(f"{sound}.pause()")
    wait_until(page, "!document.querySelector('.tone.on')")


def test_a_click_in_the_clip_goes_there(opened):
    page = opened()
    page.evaluate("document.querySelector('.clip-box').scrollIntoView({behavior: 'instant', block: 'center'})")
    wait_until(page, "document.querySelector('.clip-box').previousElementSibling.readyState >= 2")
    box = "document.querySelector('.clip-box').getBoundingClientRect()"
    left, top, width = page.evaluate(f"(({{x, y, width}}) => [x, y + 20, width])({box})")
    for kind in ("mousePressed", "mouseReleased"):
        page.send(
            "Input.dispatchMouseEvent", type=kind, x=left + 0.75 * width, y=top, button="left", clickCount=1
        )  # fmt: skip
    wait_until(page, "document.querySelector('.clip-box').previousElementSibling.currentTime >= 1.45")


def test_it_is_whole_without_scripts_and_on_paper(browser, index):
    page = browser.open("about:blank")
    page.send("Emulation.setScriptExecutionDisabled", value=True)
    page.send("Page.navigate", url=index.as_uri())
    browser.wait("Page.loadEventFired", page.session)
    page.send("Emulation.setScriptExecutionDisabled", value=False)
    assert page.evaluate("document.querySelectorAll('#figures tbody tr').length") == sum(STATUSES.values())
    assert page.evaluate("document.querySelectorAll('.tone').length") == 3
    page.send("Emulation.setEmulatedMedia", media="print")
    assert page.evaluate("[...document.querySelectorAll('nav, audio')].every(one => !one.checkVisibility())")
    assert page.evaluate("document.querySelector('.metrics').checkVisibility()")
    page.close()
