# SPDX-License-Identifier: Apache-2.0
"""Calls between pages that came over HTTPS."""

import pytest

from certificates import Pair
from chromium import mutual
from server import ROOT, Server


@pytest.fixture
def secure(tmp_path):
    server = Server.serve(*Pair(tmp_path).flags, web=str(ROOT / "web"))
    yield server
    server.stop()


@pytest.mark.timeout(120)
def test_two_pages_see_each_other_over_https(visit, room, secure):
    ada, bob = (visit(room, name, transports, url=secure.url) for name, transports in (("Ada", None), ("Bob", "polling")))
    assert mutual(ada, bob)
    assert (ada.transport, bob.transport) == ("websocket", "polling")
    assert ada.page.evaluate("location.protocol") == "https:"
    assert ada.problems == bob.problems == []
