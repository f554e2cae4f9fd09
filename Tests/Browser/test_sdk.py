# SPDX-License-Identifier: Apache-2.0
"""What a page of one's own does with the SDK, over our client and over the official one: screens, devices, data channels."""

import pytest

from chromium import FLAGS, PATIENCE_MS, Visitor, launch, mutual

pytestmark = pytest.mark.timeout(150)

# Three cameras, of which the second one gives pictures that WebRTC does not take; and people who choose the tab `slides` where they are asked what to share.
OWN_FLAGS = [flag.replace("=fps=10", "=fps=10,device-count=3") for flag in FLAGS if "fake-ui" not in flag] \
    + ["--auto-select-tab-capture-source-by-title=slides"]

ENTER = """async ([id, wanted]) => {
  const { connect, LocalMedia } = await import("/sdk/index.js");
  const session = connect({ forceNew: true });
  const room = session.join(id);
  window.parley = { session, room };
  window.media = new LocalMedia();
  window.receipts = [];
  window.sharing = [];
  room.on("sharing", (isOn) => sharing.push(isOn));
  room.on("peer:joined", (peer) => {
    const video = Object.assign(document.createElement("video"), { srcObject: peer.stream, autoplay: true, muted: true });
    const tile = document.createElement("div");
    tile.dataset.peerId = peer.id;
    tile.append(video);
    document.body.append(tile);
    peer.on("receipt", ({ type, state }) => receipts.push(`${type} ${state}`));
  });
  await media.open(wanted);
  room.follow(media);
  await room.ready;
  return session.peerId;
}"""

# Halves of red and white that change places.
SLIDES = """() => {
  document.title = "slides";
  let isTurned = false;
  setInterval(() => {
    isTurned = !isTurned;
    document.body.style = `margin:0;height:100vh;background:linear-gradient(${isTurned ? 90 : 270}deg,#f00 50%,#fff 50%)`;
  }, 100);
}"""

# The share of red, where the fake camera has none.
REDNESS = """(id) => {
  const pen = Object.assign(document.createElement("canvas"), { width: 32, height: 24 }).getContext("2d");
  pen.drawImage(document.querySelector(`[data-peer-id="${id}"] video`), 0, 0, 32, 24);
  const { data } = pen.getImageData(0, 0, 32, 24);
  let red = 0;
  for (let at = 0; at < data.length; at += 4) red += data[at] > 180 && data[at + 1] < 80 && data[at + 2] < 80;
  return red / (32 * 24);
}"""


class Guest(Visitor):
    """Somebody whose page is nothing but the SDK."""

    def __init__(self, browser, url, client, room, **devices):
        self.context = browser.new_context(permissions=["camera", "microphone"])
        self.page = self.context.new_page()
        self.page.set_default_timeout(PATIENCE_MS)
        self.problems = []
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.goto(f"{url}/healthz")
        self.page.add_script_tag(url=f"/socket.io/{client}")
        self.id = self.page.evaluate(ENTER, [room, devices])

    def shows(self, other, screen):
        """Waits until what comes from another one is their screen, or is not."""
        self.until(f"({REDNESS})('{other.id}') {'>' if screen else '<'} 0.2")

    def forget_receipts(self):
        self.page.evaluate("receipts.length = 0")

    def offers(self):
        return [line for line in self.page.evaluate("receipts") if line.startswith("offer")]


@pytest.fixture(scope="module")
def browser(playwright):
    browser = launch(playwright, OWN_FLAGS)
    yield browser
    browser.close()


@pytest.fixture(params=["ours", "official"])
def enter(request, browser, room, site):
    """Opens a page in the room, with our client or with the official one."""
    server, client = site, "socket.io.js"
    if request.param == "official":
        server, client = request.getfixturevalue("official_site"), "socket.io.min.js"
    guests = []

    def come(**devices):
        guests.append(Guest(browser, server.url, client, room, **devices))
        return guests[-1]

    yield come
    for guest in guests:
        guest.close()
        assert guest.problems == []
    server.check()


@pytest.fixture
def pair(enter):
    """Two pages that see each other."""
    ada, bob = enter(), enter()
    assert mutual(ada, bob)
    return ada, bob


def slides(guest):
    """A tab that can be shared."""
    tab = guest.context.new_page()
    tab.goto(guest.page.url)
    tab.evaluate(SLIDES)
    return tab


def test_a_shared_tab_is_seen_until_it_is_closed(pair):
    ada, bob = pair
    tab = slides(ada)
    ada.page.bring_to_front()
    ada.page.evaluate("parley.room.shareScreen().then(() => {})")
    bob.shows(ada, screen=True)
    assert bob.sees(ada)
    assert bob.page.evaluate("id => parley.room.peers.get(id).metadata.screen", ada.id)
    tab.close()
    bob.shows(ada, screen=False)
    assert mutual(ada, bob)
    assert ada.page.evaluate("sharing") == [True, False]
    bob.until(f"parley.room.peers.get('{ada.id}').metadata.screen === false")


CANVAS = """async () => {
  const canvas = Object.assign(document.createElement("canvas"), { width: 640, height: 360 });
  const pen = canvas.getContext("2d");
  let turn = 0;
  setInterval(() => {
    pen.fillStyle = "#f00";
    pen.fillRect(0, 0, 640, 360);
    pen.fillStyle = "#fff";
    pen.fillRect(turn++ % 2 * 320, 0, 320, 360);
  }, 100);
  await parley.room.shareScreen(canvas.captureStream());
}"""


@pytest.mark.parametrize("is_first", [True, False], ids=["first", "second"])
def test_a_page_without_a_camera_shares_a_canvas(enter, is_first):
    ada = enter(video=not is_first)
    bob = enter(video=is_first)
    sharer, other = (ada, bob) if is_first else (bob, ada)
    assert sharer.sees(other)
    sharer.page.evaluate(CANVAS)
    other.shows(sharer, screen=True)
    assert other.sees(sharer)
    sharer.page.evaluate("parley.room.stopSharing()")
    assert not other.sees(sharer, within=2)
    sharer.page.evaluate("media.set('video', true).then(() => {})")
    other.shows(sharer, screen=False)
    assert mutual(ada, bob)


USE = """async (kind) => {
  const other = (await media.devices(kind)).at(-1);
  const former = media.track(kind);
  const isDone = await media.use(kind, other.deviceId);
  return [isDone, media.track(kind) !== former, media.track(kind).getSettings().deviceId === other.deviceId, former.readyState];
}"""
SENDS = "[...parley.room.peers.values()][0].pc.getSenders().some(({ track }) => track === media.track('%s'))"


def test_another_device_is_sent_without_a_new_offer(pair):
    ada, bob = pair
    for guest in pair:
        guest.forget_receipts()
    for guest in pair:
        for kind in ("audio", "video"):
            assert guest.page.evaluate(USE, kind) == [True, True, True, "ended"]
            guest.until(SENDS % kind)
    assert mutual(ada, bob)
    assert ada.offers() == bob.offers() == []


def test_a_device_that_does_not_exist_changes_nothing(pair):
    ada, bob = pair
    assert ada.page.evaluate("media.use('video', 'nothing')") is False
    assert ada.page.evaluate("media.problems.video") == "OverconstrainedError"
    assert mutual(ada, bob)


ECHO = """() => parley.room.on("channel", (channel) => {
  channel.onmessage = ({ data }) => channel.send(`${channel.label} ${data}`);
})"""
ASK = """() => {
  const channel = [...parley.room.peers.values()][0].channel("tea", { ordered: true });
  channel.onopen = () => channel.send("milk");
  channel.onmessage = ({ data }) => { window.answer = data; };
}"""


@pytest.mark.parametrize("is_at_once", [False, True], ids=["one after the other", "both at once"])
def test_a_channel_brings_data_there_and_back(pair, is_at_once):
    for guest in pair:
        guest.page.evaluate(ECHO)
    for guest in pair:
        guest.page.evaluate(ASK)
        if not is_at_once:
            guest.until("window.answer === 'tea milk'")
    for guest in pair:
        guest.until("window.answer === 'tea milk'")
    assert mutual(*pair)


def test_the_video_of_a_pair_keeps_to_the_budget(pair):
    for guest in pair:
        assert guest.page.evaluate("""[...parley.room.peers.values()][0].pc.getSenders()
          .filter(({ track }) => track.kind === "video").map((sender) => sender.getParameters().encodings[0].maxBitrate)""") == [3_000_000]
