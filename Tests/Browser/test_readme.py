# SPDX-License-Identifier: Apache-2.0
"""The example of the README, as it is printed there, is a call."""

import re
import shutil
import time

import pytest

from server import ROOT, Server

# Frames shown by each video of the page, ourselves first.
FRAMES = "[...document.querySelectorAll('video')].map((video) => video.getVideoPlaybackQuality().totalVideoFrames)"


@pytest.fixture
def server(tmp_path):
    """Serves a folder with the files that the README names, and the two that it says to copy."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    files = re.findall(r"```\w+\n((?:<!doctype html>\n)?(?:<!--|//) page/(\S+).*?\n)```", text, re.DOTALL)
    assert [name for _, name in files] == ["index.html", "call.js"]
    for body, name in files:
        (tmp_path / name).write_text(body, encoding="utf-8")
    for name in ("sdk", "socket.io"):
        shutil.copytree(ROOT / "web" / name, tmp_path / name)
    server = Server.serve(web=str(tmp_path))
    yield server
    server.stop()


@pytest.mark.timeout(120)
def test_two_windows_see_each_other(chromium, server):
    contexts = [chromium.new_context() for _ in range(2)]
    pages = [context.new_page() for context in contexts]
    problems = []
    for page in pages:
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.goto(server.url)
    deadline, first = time.monotonic() + 40, {}
    while not all(page in first and page.evaluate(FRAMES)[1] >= first[page] + 5 for page in pages):
        assert time.monotonic() < deadline, [page.evaluate(FRAMES) for page in pages]
        for page in pages:
            frames = page.evaluate(FRAMES)
            if len(frames) == 2 and frames[1] > 0:
                first.setdefault(page, frames[1])
        time.sleep(0.2)
    contexts.pop().close()
    while len(pages[0].evaluate(FRAMES)) != 1:
        assert time.monotonic() < deadline + 20, "who left is still shown"
        time.sleep(0.2)
    assert problems == []
    contexts.pop().close()
