# SPDX-License-Identifier: Apache-2.0
"""What the public Engine.IO 4 protocol suite asks for, asked in our own words of `parley echo`."""

import time

import pytest

from frames import CLOSE, TEXT, Refused, WebSocket, frame
from sessions import Direct, Polling
from wire import fetch

BASE = "/engine.io/"
SID_CHARACTERS = set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


def refused(port, target):
    """A WebSocket that does not come to be, whether before or after the 101."""
    try:
        with WebSocket(port, target) as socket:
            socket.ending()
    except (Refused, AssertionError):
        pass


# Handshake


def test_a_polling_handshake_opens_a_session(engine):
    opened = Polling(engine).open
    assert list(opened) == ["sid", "upgrades", "pingInterval", "pingTimeout", "maxPayload"]
    assert len(opened["sid"]) == 20 and set(opened["sid"]) <= SID_CHARACTERS
    assert opened["upgrades"] == ["websocket"]
    assert (opened["pingInterval"], opened["pingTimeout"], opened["maxPayload"]) == (300, 200, 1_000_000)


def test_a_websocket_handshake_opens_a_session(engine):
    opened = Direct(engine).open
    assert len(opened["sid"]) == 20
    assert opened["upgrades"] == []
    assert (opened["pingInterval"], opened["pingTimeout"], opened["maxPayload"]) == (300, 200, 1_000_000)


@pytest.mark.parametrize("query", ["transport=polling", "EIO=abc&transport=polling", "EIO=5&transport=polling"])
def test_polling_without_protocol_4_is_refused(engine, query):
    answer = fetch(engine, "GET", f"{BASE}?{query}")
    assert (answer.status, answer.json()["code"]) == (400, 5)


@pytest.mark.parametrize("query", ["EIO=4", "EIO=4&transport=abc", "EIO=4&transport="])
def test_polling_with_an_unknown_transport_is_refused(engine, query):
    answer = fetch(engine, "GET", f"{BASE}?{query}")
    assert (answer.status, answer.json()["code"]) == (400, 0)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_only_get_opens_a_session(engine, method):
    answer = fetch(engine, method, f"{BASE}?EIO=4&transport=polling", body=b"")
    assert (answer.status, answer.json()["code"]) == (400, 2)


@pytest.mark.parametrize("query", [
    "transport=websocket", "EIO=abc&transport=websocket", "EIO=4", "EIO=4&transport=abc"])
def test_a_websocket_handshake_with_a_wrong_query_is_refused(engine, query):
    with pytest.raises(Refused) as refusal:
        WebSocket(engine, f"{BASE}?{query}")
    assert refusal.value.answer.status == 400


# Messages


@pytest.mark.parametrize("payload, echoed", [
    (["4test"], ["4test"]),
    (["4test1", "4test2", "4test3"], ["4test1", "4test2", "4test3"]),
    (["4test", "bAQIDBA=="], ["4test", "bAQIDBA=="]),
    (["4hé€𝄞"], ["4hé€𝄞"]),
    (["4"], ["4"]),
], ids=["one text", "three texts", "text and binary", "beyond ASCII", "empty"])
def test_polling_echoes_a_payload(engine, payload, echoed):
    session = Polling(engine)
    session.say("\x1e".join(payload))
    heard = []
    while len(heard) < len(echoed):
        heard.append(session.hear())
    assert heard == echoed


@pytest.mark.parametrize("packet, echoed", [
    ("4test", "4test"), (b"\1\2\3\4", b"\1\2\3\4"), ("4hé€𝄞", "4hé€𝄞"), (b"", b"")])
def test_websocket_echoes_a_packet(engine, packet, echoed):
    session = Direct(engine)
    session.say(packet)
    assert session.hear() == echoed


def test_a_waiting_poll_is_answered_by_the_echo(engine):
    session = Polling(engine)
    waiting = session.begin_get()
    session.say("4late")
    assert waiting.answer().text == "4late"


@pytest.mark.parametrize("packet", ["abc", "", "4ok\x1eabc"])
def test_a_malformed_polling_packet_ends_the_session(engine, packet):
    session = Polling(engine)
    session.post(packet)
    assert session.ended()


@pytest.mark.parametrize("packet", ["abc", "", "9"])
def test_a_malformed_websocket_packet_ends_the_session(engine, packet):
    session = Direct(engine)
    session.say(packet)
    assert session.ending() == 1005


def test_a_second_poll_ends_the_session(engine):
    session = Polling(engine)
    first, second = session.begin_get(), None
    time.sleep(0.05)
    second = session.get()
    assert (second.status, second.body) == (400, b"")
    assert first.answer().text == "1"
    assert session.ended()


def test_a_cancelled_poll_ends_the_session(engine):
    session = Polling(engine)
    waiting = session.begin_get()
    time.sleep(0.05)
    waiting.close()
    time.sleep(0.1)
    assert session.get().json()["code"] == 1


# Heartbeat: the suite allows no margin above 300 + 200 ms, so neither do these


def test_polling_is_pinged_and_lives_on_pongs(engine):
    session = Polling(engine)
    for _ in range(3):
        started = time.monotonic()
        assert session.poll() == ["2"]
        assert 0.2 < time.monotonic() - started < 0.4
        session.say("3")


def test_websocket_is_pinged_and_lives_on_pongs(engine):
    session = Direct(engine)
    for _ in range(3):
        started = time.monotonic()
        assert session.raw() == "2"
        assert 0.2 < time.monotonic() - started < 0.4
        session.say("3")


def test_polling_without_pong_ends_after_500_ms(engine):
    session = Polling(engine)
    opened = time.monotonic()
    assert session.poll() == ["2"]
    time.sleep(0.15)
    assert session.alive()
    time.sleep(max(0, opened + 0.53 - time.monotonic()))
    assert session.get().status == 400


def test_websocket_without_pong_ends_after_500_ms(engine):
    session = Direct(engine)
    opened = time.monotonic()
    assert session.raw() == "2"
    assert session.ending() == 1005
    assert 0.45 < time.monotonic() - opened < 0.6


def test_a_polling_client_may_not_ping(engine):
    session = Polling(engine)
    session.post("2")
    assert session.ended()


# Close


def test_packet_1_closes_a_polling_session(engine):
    session = Polling(engine)
    waiting = session.begin_get()
    session.say("1")
    assert waiting.answer().text == "6"
    assert session.get().json()["code"] == 1


def test_a_close_frame_closes_a_websocket_session(engine):
    session = Direct(engine)
    session.frame(CLOSE)
    assert session.ending() == 1005
    assert fetch(engine, "GET", f"{BASE}?EIO=4&transport=polling&sid={session.sid}").json()["code"] == 1


# Upgrade


def test_polling_upgrades_to_websocket(engine):
    session = Polling(engine)
    upgraded = session.upgrade()
    upgraded.say("4hello")
    assert upgraded.hear() == "4hello"


def test_a_waiting_poll_is_released_by_the_upgrade(engine):
    session = Polling(engine)
    waiting = session.begin_get()
    candidate = session.candidate()
    candidate.say("2probe")
    assert candidate.hear() == "3probe"
    assert waiting.answer().text == "6"
    candidate.say("5")
    candidate.say("4hello")
    assert candidate.hear() == "4hello"


def test_what_waited_during_the_upgrade_is_flushed_on_the_websocket(engine):
    session = Polling(engine)
    candidate = session.candidate()
    candidate.say("2probe")
    assert candidate.hear() == "3probe"
    session.say("4before")
    candidate.say("5")
    assert candidate.hear() == "4before"


def test_http_requests_after_an_upgrade_are_refused(engine):
    session = Polling(engine)
    upgraded = session.upgrade()
    upgraded.say("4a")
    assert upgraded.hear() == "4a"
    for answer in (session.get(), session.post("4b")):
        assert (answer.status, answer.json()["code"]) == (400, 3)


def test_a_second_websocket_after_an_upgrade_is_ignored(engine):
    session = Polling(engine)
    upgraded = session.upgrade()
    upgraded.say("4a")
    assert upgraded.hear() == "4a"
    refused(engine, f"{BASE}?EIO=4&transport=websocket&sid={session.sid}")
    upgraded.say("4still here")
    assert upgraded.hear() == "4still here"


def test_a_second_websocket_during_an_upgrade_is_ignored(engine):
    session = Polling(engine)
    candidate = session.candidate()
    candidate.say("2probe")
    assert candidate.hear() == "3probe"
    assert session.candidate().ending() == 1005
    candidate.say("5")
    candidate.say("4x")
    assert candidate.hear() == "4x"


@pytest.mark.parametrize("packet", ["2", "4early", "5", "2other", "x"])
def test_a_wrong_first_packet_ends_the_candidate_and_not_the_session(engine, packet):
    session = Polling(engine)
    candidate = session.candidate()
    candidate.say(packet)
    assert candidate.ending() == 1005
    session.say("4on polling")
    assert session.hear() == "4on polling"


def test_a_dropped_candidate_leaves_the_session_on_polling(engine):
    session = Polling(engine)
    session.candidate().close()
    session.say("4on polling")
    assert session.hear() == "4on polling"


def test_a_candidate_for_an_unknown_session_is_refused(engine):
    with pytest.raises(Refused) as refusal:
        WebSocket(engine, f"{BASE}?EIO=4&transport=websocket&sid=nobody")
    assert refusal.value.answer.status == 400
    assert refusal.value.answer.text == "Session ID unknown"


class Hasty(WebSocket):
    """Says its first word before it is answered: with the end of the request, or after it; or cuts the request."""

    cut = None

    def send(self, data):
        word = frame(TEXT, b"2probe") if data.startswith(b"GET ") else b""
        data, word, wait = {"with": (data + word, b"", 0), "after": (data, word, 0), "cut": (
            data[:60], data[60:] + word, 0.02), "lines": (data[:-2], data[-2:] + word, 0.02)}[self.cut]
        super().send(data)
        time.sleep(wait)
        super().send(word)


@pytest.mark.parametrize("cut", ["with", "after", "cut", "lines"])
def test_what_comes_before_an_upgrade_is_answered_is_for_the_websocket(engine, cut):
    hasty = type("Hasty", (Hasty,), {"cut": cut})
    # Several, so that the session is of another loop than the candidate with some.
    for _ in range(12):
        session = Polling(engine)
        candidate = hasty(engine, f"{BASE}?EIO=4&transport=websocket&sid={session.sid}")
        assert candidate.hear() == "3probe"
        candidate.close()


@pytest.mark.parametrize("packet", ["1", "6", "3"])
def test_packets_a_client_has_no_use_for_are_ignored_on_websocket(engine, packet):
    session = Direct(engine)
    session.say(packet)
    session.say("4on")
    assert session.hear() == "4on"


def test_a_websocket_client_may_not_ping(engine):
    session = Direct(engine)
    session.say("2")
    assert session.ending() == 1005
