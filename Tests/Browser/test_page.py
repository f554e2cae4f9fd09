# SPDX-License-Identifier: Apache-2.0
"""What the call page has beside pictures: devices before the call, chat, hands, screens, invitations, keys."""

import io
import time

import pytest

from chromium import mutual

pytestmark = pytest.mark.timeout(120)

# A screen that is one colour: what arrives at the other side can be told from any camera.
SCREEN = """navigator.mediaDevices.getDisplayMedia = async () => {
  const canvas = Object.assign(document.createElement("canvas"), {width: 320, height: 200});
  const pen = canvas.getContext("2d");
  setInterval(() => { pen.fillStyle = "#0000ff"; pen.fillRect(0, 0, 320, 200); }, 100);
  return canvas.captureStream(10);
};"""
DENIED = """navigator.mediaDevices.getUserMedia = async () => { throw new DOMException("no", "NotAllowedError"); };"""
SILENT = """const given = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = async (wanted) => {
  const stream = await given(wanted), context = new AudioContext();
  stream.getAudioTracks().forEach((track) => { stream.removeTrack(track); track.stop(); });
  if (wanted.audio) stream.addTrack(context.createMediaStreamDestination().stream.getAudioTracks()[0]);
  return stream;
};"""


def shares_screen(page):
    page.add_init_script(SCREEN)


def is_silent(page):
    page.add_init_script(SILENT)


def color(visitor, other):
    """The mean colour of somebody's tile, as red, green and blue."""
    return visitor.page.evaluate("""(peerId) => {
      const canvas = Object.assign(document.createElement("canvas"), {width: 1, height: 1});
      const pen = canvas.getContext("2d");
      pen.drawImage(document.querySelector(`[data-peer-id="${peerId}"] video`), 0, 0, 1, 1);
      return [...pen.getImageData(0, 0, 1, 1).data].slice(0, 3);
    }""", other.id)


def until(condition, within=20.0):
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, "it never came about"
        time.sleep(0.1)


@pytest.fixture
def landing(chromium, site):
    """Opens the page without going into a room."""
    contexts = []

    def enter(prepare="", query=""):
        contexts.append(chromium.new_context())
        page = contexts[-1].new_page()
        page.add_init_script(prepare)
        page.goto(f"{site.url.replace('127.0.0.1', 'localhost')}/{query}")
        return page

    yield enter
    for context in contexts:
        context.close()


def level(page):
    return int(page.locator("#meter").get_attribute("aria-valuenow"))


def test_before_the_call_the_camera_is_seen_and_the_microphone_moves_the_meter(landing):
    page = landing()
    page.locator("#preview[data-video=on]").wait_for()
    until(lambda: level(page) > 30)
    page.locator("#preview [data-toggle=audio]").click()
    until(lambda: level(page) == 0)
    page.locator("#preview [data-toggle=audio]").click()
    until(lambda: level(page) > 30)


def test_devices_can_be_chosen_before_the_call_and_are_taken_into_it(landing, room):
    page = landing(query=f"?room={room}")
    page.locator("#preview[data-video=on]").wait_for()
    page.locator("#preview [data-devices]").click()
    microphone = page.locator("#choose-audio")
    until(lambda: microphone.locator("option").count() > 1)
    other = microphone.evaluate("(it) => [...it.options].find((one) => one.value !== it.value).value")
    microphone.select_option(other)
    page.locator("#devices-dialog [data-close]").click()
    page.click("#join")
    until(lambda: page.evaluate("window.parley?.state().room") == "joined")
    page.locator(".topbar [data-devices]").click()
    until(lambda: microphone.input_value() == other)
    assert page.locator("#choose-speaker option").count() > 0 and page.locator("#choose-video").is_enabled()


def test_without_permission_the_page_says_why_and_lets_one_join(landing, room):
    page = landing(DENIED, f"?room={room}")
    page.click("#preview-start") if page.locator("#preview-start").is_visible() else None
    note = page.locator("#preview-note")
    until(lambda: note.inner_text() == "Permission to use the camera or microphone was not given. You can give it next to the address. You can still join and follow the call.")
    assert not page.locator("#meter").is_visible()
    page.click("#join")
    until(lambda: page.evaluate("window.parley?.state().room") == "joined")
    assert "Permission" in page.locator("#notice-text").inner_text()


def test_what_is_written_arrives_and_is_counted_until_it_is_read(visit, room):
    ada, bob = visit(room, "Ada"), visit(room, "Bob")
    ada.until("window.parley.room.peers.size === 1")
    ada.page.keyboard.press("c")
    ada.page.keyboard.type("Have you <b>mail</b>?")
    ada.page.keyboard.press("Enter")
    until(lambda: ada.page.locator("#chat-log .chat-fate").inner_text() == "Delivered")
    until(lambda: bob.page.locator("#chat-open").get_attribute("aria-label") == "Chat, 1 unread")
    bob.page.click("#chat-open")
    assert bob.page.get_by_role("log").locator(".chat-text").all_inner_texts() == ["Have you <b>mail</b>?"]
    assert bob.page.locator(".chat-from b").inner_text() == "Ada"
    assert bob.page.locator("#chat-open").get_attribute("aria-label") == "Chat"
    bob.page.fill("#chat-input", "Yes")
    bob.page.keyboard.press("Enter")
    until(lambda: ada.page.locator(".chat-text").all_inner_texts() == ["Have you <b>mail</b>?", "Yes"])
    ada.page.keyboard.press("Escape")
    assert not ada.page.locator("#chat").is_visible()
    assert ada.page.evaluate("document.activeElement.id") == "chat-open"


def test_what_is_written_says_when_nobody_was_there_to_read_it(visit, room):
    ada = visit(room, "Ada")
    ada.page.keyboard.press("c")
    ada.page.keyboard.type("Hello?")
    ada.page.keyboard.press("Enter")
    until(lambda: ada.page.locator(".chat-fate").inner_text() == "Nobody else is here")


def test_a_raised_hand_is_seen_and_said(visit, room):
    ada, bob = visit(room, "Ada"), visit(room, "Bob")
    ada.until("window.parley.room.peers.size === 1")
    bob.page.keyboard.press("h")
    ada.tile(bob).locator(".tile-hand").wait_for()
    until(lambda: ada.page.locator("#live").inner_text() == "Bob raised a hand")
    bob.page.click("#hand")
    ada.tile(bob).locator(".tile-hand").wait_for(state="hidden")


def test_a_shared_screen_is_seen_at_the_other_side_and_then_the_camera_again(visit, room):
    ada, bob = visit(room, "Ada"), visit(room, "Bob", prepare=shares_screen)
    assert mutual(ada, bob)
    bob.page.keyboard.press("s")
    until(lambda: color(ada, bob)[2] > 150 > 100 > color(ada, bob)[1])
    assert ada.tile(bob).get_by_text("Shares the screen").is_visible()
    assert bob.page.locator("#share").get_attribute("aria-pressed") == "true"
    both = [ada.page.locator(one).bounding_box() for one in (f"[data-peer-id='{bob.id}']", ".tile.self")]
    large, small = (box["width"] * box["height"] for box in both)
    assert large > 3 * small
    bob.page.click("#share")
    until(lambda: color(ada, bob)[1] > 80 > color(ada, bob)[2])
    ada.until(f"document.querySelector('[data-peer-id=\"{bob.id}\"]').dataset.screen === 'off'")
    assert bob.page.locator("#share").get_attribute("aria-pressed") == "false"


def test_whoever_speaks_has_a_ring(visit, room):
    ada, bob = visit(room, "Ada", prepare=is_silent), visit(room, "Bob")
    ada.until(f"document.querySelector('[data-peer-id=\"{bob.id}\"]')?.dataset.speaking === 'true'")
    bob.until("document.querySelector('.tile.self').dataset.speaking === 'true'")
    bob.until(f"document.querySelector('[data-peer-id=\"{ada.id}\"]')?.dataset.speaking === 'false'")
    assert ada.page.locator(".tile.self").get_attribute("data-speaking") == "false"
    bob.page.keyboard.press("m")
    ada.until(f"document.querySelector('[data-peer-id=\"{bob.id}\"]').dataset.speaking === 'false'")
    bob.until("document.querySelector('.tile.self').dataset.speaking === 'false'")


def test_the_code_of_an_invitation_leads_to_the_room(visit, room):
    zxing, image = pytest.importorskip("zxingcpp"), pytest.importorskip("PIL.Image")
    ada = visit(room, "Ada")
    ada.page.click("#invite-open")
    link = ada.page.locator("#invite-address").input_value()
    assert link.endswith(f"/?room={room}")
    picture = image.open(io.BytesIO(ada.page.locator("#invite-code").screenshot()))
    assert [code.text for code in zxing.read_barcodes(picture)] == [link]


def test_keys_work_in_the_call_and_not_while_somebody_types(visit, room):
    ada = visit(room, "Ada")
    ada.until("window.parley.state().media.audio && window.parley.state().media.video")
    ada.page.keyboard.press("m")
    ada.until("!window.parley.state().media.audio")
    ada.page.keyboard.press("v")
    ada.until("!window.parley.state().media.video")
    ada.page.keyboard.press("?")
    assert ada.page.locator("#help-dialog").is_visible()
    ada.page.keyboard.press("m")
    ada.page.keyboard.press("Escape")
    ada.page.keyboard.press("c")
    ada.page.keyboard.type("mvh?")
    assert ada.page.locator("#chat-input").input_value() == "mvh?"
    assert ada.page.evaluate("window.parley.state().media") == {"audio": False, "video": False, "problems": {}}
    assert ada.page.locator("#hand").get_attribute("aria-pressed") == "false"
    assert not ada.page.locator("#help-dialog").is_visible()
