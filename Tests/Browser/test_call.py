# SPDX-License-Identifier: Apache-2.0
"""Calls between real pages in Chromium: they count only when moving pictures arrive."""

import pytest

from chromium import mutual


@pytest.mark.timeout(120)
@pytest.mark.parametrize("transports, used", [("polling", "polling"), ("websocket", "websocket"), (None, "websocket")],
                         ids=["polling only", "websocket only", "upgrading"])
def test_two_pages_see_each_other(visit, room, transports, used):
    ada, bob = visit(room, "Ada", transports), visit(room, "Bob", transports)
    assert mutual(ada, bob)
    assert (ada.transport, bob.transport) == (used, used)
    assert ada.problems == bob.problems == []


@pytest.mark.timeout(120)
def test_a_polling_page_and_a_websocket_page_see_each_other(visit, room):
    assert mutual(visit(room, "Ada", "polling"), visit(room, "Bob", "websocket"))


@pytest.mark.timeout(180)
def test_three_pages_form_a_mesh(visit, room):
    visitors = [visit(room, name) for name in ("Ada", "Bob", "Cyd")]
    assert mutual(*visitors)
    assert [visitor.tiles() for visitor in visitors] == [2, 2, 2]


@pytest.mark.timeout(120)
@pytest.mark.parametrize("how", ["button", "closed tab"])
def test_a_page_that_leaves_takes_its_tile_along(visit, room, how):
    ada, bob, cyd = visit(room, "Ada"), visit(room, "Bob"), visit(room, "Cyd")
    ada.until("window.parley.room.peers.size === 2")
    if how == "button":
        bob.page.click("#leave")
    else:
        bob.page.close(run_before_unload=True)
    ada.until("document.querySelectorAll('[data-peer-id]').length === 1", within=5)
    assert ada.peers() == [cyd.id]
    assert mutual(ada, cyd)


@pytest.mark.timeout(120)
def test_a_page_without_camera_still_sees(visit, room):
    ada, bob = visit(room, "Ada"), visit(room, "Bob", has_camera=False)
    bob.until("document.readyState === 'complete'", within=5)
    assert bob.sees(ada)
    assert not ada.sees(bob, within=2)
    assert bob.problems == []


@pytest.mark.timeout(120)
def test_a_page_that_comes_first_without_camera_still_sees(visit, room):
    ada, bob = visit(room, "Ada", has_camera=False), visit(room, "Bob")
    assert ada.sees(bob)


@pytest.mark.timeout(120)
def test_a_page_that_reloads_is_seen_again(visit, room):
    ada, bob = visit(room, "Ada"), visit(room, "Bob")
    assert mutual(ada, bob)
    bob.page.reload()
    bob.arrive()
    assert mutual(ada, bob)
    assert ada.peers() == [bob.id]


def lose_descriptions(page):
    """A relay that drops every description."""

    def between(client):
        server = client.connect_to_server()
        client.on_message(lambda message: None if '"description"' in str(message) else server.send(message))
        server.on_message(lambda message: None if '"description"' in str(message) else client.send(message))

    page.route_web_socket("**/socket.io/**", between)


@pytest.mark.timeout(120)
def test_the_check_notices_a_broken_relay(visit, room):
    ada = visit(room, "Ada", "websocket", prepare=lose_descriptions)
    bob = visit(room, "Bob", "websocket", prepare=lose_descriptions)
    ada.until("window.parley.room.peers.size === 1")
    assert not ada.sees(bob, within=4) and not bob.sees(ada, within=1)
