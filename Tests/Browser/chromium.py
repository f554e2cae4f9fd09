# SPDX-License-Identifier: Apache-2.0
"""Chromium with a fake camera, and a visitor of the call page who can tell whether pictures really move."""

import os
import shutil
import time
from urllib.parse import urlencode

PATIENCE_MS = 20_000
FLAGS = [
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--mute-audio",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--use-fake-device-for-media-stream=fps=10", "--use-fake-ui-for-media-stream", "--allow-loopback-in-peer-connection",
    "--autoplay-policy=no-user-gesture-required", "--disable-features=WebRtcHideLocalIpsWithMdns",
    "--disable-background-timer-throttling", "--disable-renderer-backgrounding", "--disable-backgrounding-occluded-windows",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1"]

# What counts as seeing somebody: frames that were decoded, a clock that runs, a picture that is not black. (Firefox's
# fake camera shows one plane, whose colour changes.)
LOOK = """async (peerId) => {
  const pc = window.parley?.room.peers.get(peerId)?.pc;
  const video = document.querySelector(`[data-peer-id="${peerId}"] video`);
  if (!pc || !video) return {frames: 0, time: 0, light: 0};
  let frames = 0;
  for (const one of (await pc.getStats()).values())
    if (one.type === "inbound-rtp" && one.kind === "video") frames += one.framesDecoded ?? 0;
  const canvas = Object.assign(document.createElement("canvas"), {width: 32, height: 24});
  const pen = canvas.getContext("2d");
  pen.drawImage(video, 0, 0, 32, 24);
  const colours = pen.getImageData(0, 0, 32, 24).data.filter((_, index) => index % 4 !== 3);
  return {frames, time: video.currentTime, light: Math.max(...colours)};
}"""

NO_CAMERA = """navigator.mediaDevices.getUserMedia = async () => { throw new DOMException("none", "NotFoundError"); };
navigator.mediaDevices.enumerateDevices = async () => [];"""


def executable():
    """The system's browser: $CHROMIUM, or the first of the usual names."""
    named = os.environ.get("CHROMIUM")
    found = named or next(filter(None, map(shutil.which, ["chromium", "chromium-browser", "google-chrome"])), None)
    if not found:
        raise RuntimeError("no Chromium: run `make setup`, or set CHROMIUM to the browser")
    return found


def launch(playwright, flags=FLAGS):
    return playwright.chromium.launch(executable_path=executable(), args=flags, timeout=60_000)


class Visitor:
    """Somebody with the call page open."""

    def __init__(self, browser, url, room, name, transports=None, has_camera=True, prepare=None, arrives=True,
                 fragment=""):
        # A certificate of a test has nobody to vouch for it.
        self.context = browser.new_context(ignore_https_errors=url.startswith("https:"))
        self.page = self.context.new_page()
        self.page.set_default_timeout(PATIENCE_MS)
        self.problems = []
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        if not has_camera:
            self.page.add_init_script(NO_CAMERA)
        if prepare:
            prepare(self.page)
        query = {"room": room, "name": name, "join": "", **({"transports": transports} if transports else {})}
        self.page.goto(f"{url.replace('127.0.0.1', 'localhost')}/?{urlencode(query)}{fragment and '#' + fragment}", wait_until="domcontentloaded")
        if arrives:
            self.arrive()

    def arrive(self):
        """Waits until the page is in the room."""
        self.until("window.parley?.state().room === 'joined'")
        self.id = self.page.evaluate("window.parley.state().peerId")

    def until(self, expression, within=PATIENCE_MS / 1000):
        """Waits for something to be true in the page (asked from outside: the page's policy forbids `eval`)."""
        deadline = time.monotonic() + within
        while not self.page.evaluate(expression):
            assert time.monotonic() < deadline, f"never true: {expression}"
            time.sleep(0.05)

    def note(self):
        """Has the page write down from now on what it hears about the others, and about itself."""
        self.page.evaluate("""() => {
          window.seen = [];
          for (const event of ["peer:joined", "peer:left", "peer:away", "peer:back"])
            window.parley.room.on(event, ({id}) => window.seen.push(`${event} ${id}`));
          window.parley.session.on("state", (state) => window.seen.push(state));
          window.parley.session.on("welcome", ({resumed}) => window.seen.push(resumed ? "resumed" : "new"));
        }""")

    def seen(self):
        return self.page.evaluate("window.seen")

    def tile(self, other):
        return self.page.locator(f'[data-peer-id="{other.id}"]')

    @property
    def transport(self):
        return self.page.evaluate("window.parley.state().transport")

    def peers(self):
        return self.page.evaluate("window.parley.state().peers.map(({id}) => id)")

    def tiles(self):
        return self.page.locator("[data-peer-id]").count()

    def sees(self, other, within=20.0):
        """Whether the picture of another visitor arrives, is not black, and moves on."""
        deadline, before = time.monotonic() + within, None
        while time.monotonic() < deadline:
            now = self.page.evaluate(LOOK, other.id)
            if before is None and now["frames"] > 0 and now["light"] > 40:
                before = now
            if before and now["frames"] >= before["frames"] + 5 and now["time"] > before["time"] and now["light"] > 40:
                return True
            time.sleep(0.2)
        return False

    def close(self):
        self.context.close()


def mutual(*visitors):
    """Everybody sees everybody."""
    return all(one.sees(other) for one in visitors for other in visitors if one is not other)
