# SPDX-License-Identifier: Apache-2.0
"""What the public Socket.IO 5 protocol suite asks for, asked in our own words of `parley echo`."""

import json
import time

import pytest

from frames import CLOSE, Refused, WebSocket
from sessions import SOCKET, TRANSPORTS, Direct, Polling, connected
from wire import fetch


@pytest.fixture(params=["polling", "websocket"])
def session(request, socketio_port):
    return TRANSPORTS[request.param](socketio_port, SOCKET)


@pytest.fixture
def joined(session):
    """A session that has joined "/" and heard the `auth` event."""
    connected(session)
    assert session.hear() == '42["auth",{}]'
    return session


def is_over(session):
    """The server has ended the whole connection."""
    if isinstance(session, Polling):
        return session.ended()
    return session.ending() is not None


# The Engine.IO part of the suite, on the Socket.IO path


@pytest.mark.parametrize("query, code", [
    ("transport=polling", 5), ("EIO=abc&transport=polling", 5), ("EIO=4", 0), ("EIO=4&transport=abc", 0)])
def test_a_wrong_polling_handshake_is_refused(socketio_port, query, code):
    answer = fetch(socketio_port, "GET", f"{SOCKET}?{query}")
    assert (answer.status, answer.json()["code"]) == (400, code)


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_a_handshake_needs_get(socketio_port, method):
    assert fetch(socketio_port, method, f"{SOCKET}?EIO=4&transport=polling", body=b"").status == 400


@pytest.mark.parametrize("query", [
    "transport=websocket", "EIO=abc&transport=websocket", "EIO=4", "EIO=4&transport=abc"])
def test_a_wrong_websocket_handshake_is_refused(socketio_port, query):
    with pytest.raises(Refused):
        WebSocket(socketio_port, f"{SOCKET}?{query}")


def test_the_session_is_announced_with_the_suites_timers(session):
    assert (session.open["pingInterval"], session.open["pingTimeout"]) == (300, 200)
    assert session.open["maxPayload"] == 1_000_000


def test_a_websocket_session_is_pinged_and_ends_without_pong(socketio_port):
    session = Direct(socketio_port, SOCKET)
    started = time.monotonic()
    assert session.raw() == "2"
    session.say("3")
    assert session.raw() == "2"
    assert session.ending() == 1005
    assert 0.75 < time.monotonic() - started < 0.95


def test_a_polling_session_is_pinged_and_ends_without_pong(socketio_port):
    session = Polling(socketio_port, SOCKET)
    assert session.poll() == ["2"]
    session.say("3")
    assert session.poll() == ["2"]
    time.sleep(0.25)
    assert session.get().status == 400


def test_packet_1_closes_a_polling_session(socketio_port):
    session = Polling(socketio_port, SOCKET)
    waiting = session.begin_get()
    session.say("1")
    assert waiting.answer().text == "6"
    assert session.get().status == 400


def test_a_close_frame_closes_a_websocket_session(socketio_port):
    session = Direct(socketio_port, SOCKET)
    session.frame(CLOSE)
    assert session.ending() == 1005


def test_a_joined_session_upgrades(socketio_port):
    session = Polling(socketio_port, SOCKET)
    connected(session)
    assert session.hear() == '42["auth",{}]'
    upgraded = session.upgrade()
    upgraded.say('42["message","after"]')
    assert upgraded.hear() == '42["message-back","after"]'
    assert session.get().json()["code"] == 3
    assert session.candidate().ending() == 1005


# Connect


@pytest.mark.parametrize("auth", [None, {"token": "123"}, {"deep": {"list": [1, None, "é"]}}])
def test_the_main_namespace_accepts_and_hands_back_the_auth(session, auth):
    assert len(connected(session, "/", auth)) == 20
    event, heard = json.loads(session.hear()[2:])
    assert (event, heard) == ("auth", auth or {})


@pytest.mark.parametrize("auth", [None, {"token": "abc"}])
def test_the_custom_namespace_accepts_and_hands_back_the_auth(session, auth):
    assert len(connected(session, "/custom", auth)) == 20
    heard = session.hear()
    assert heard.startswith("42/custom,")
    assert json.loads(heard[len("42/custom,"):]) == ["auth", auth or {}]


@pytest.mark.parametrize("namespace", ["/random", "/custom?token=x", "/custo", "/customs"])
def test_an_unknown_namespace_is_refused_and_the_connection_lives(session, namespace):
    session.say(f"40{namespace},")
    assert session.hear() == f'44{namespace},{{"message":"Invalid namespace"}}'
    connected(session)


def test_one_connection_joins_several_namespaces(session):
    first = connected(session)
    assert session.hear() == '42["auth",{}]'
    assert connected(session, "/custom") != first


def test_a_connection_that_joins_nothing_is_closed_after_a_second(socketio_port):
    session = Direct(socketio_port, SOCKET)
    started = time.monotonic()
    assert session.hear() is None
    assert 0.9 < time.monotonic() - started < 1.3


def test_a_connection_refused_everywhere_is_closed_after_a_second(socketio_port):
    session = Direct(socketio_port, SOCKET)
    session.say("40/random,")
    assert session.hear() == '44/random,{"message":"Invalid namespace"}'
    assert session.hear() is None


# Disconnect


def test_leaving_the_main_namespace_keeps_the_connection(joined):
    joined.say("41")
    connected(joined, "/custom")
    assert joined.hear() == '42/custom,["auth",{}]'


def test_leaving_the_custom_namespace_keeps_the_main_one(joined):
    connected(joined, "/custom")
    joined.hear()
    joined.say("41/custom,")
    joined.say('42["message","on"]')
    assert joined.hear() == '42["message-back","on"]'


def test_a_namespace_can_be_joined_again_after_leaving(joined):
    joined.say("41")
    connected(joined)


# Messages


@pytest.mark.parametrize("arguments", [
    [1, "2", {"3": [True]}], [], [None, False, 1.5, -0.25, "\u2028é𝄞\"\\"], [[[[]]], {}], ["x" * 100_000]])
def test_an_event_comes_back_with_the_same_arguments(joined, arguments):
    joined.say("42" + json.dumps(["message", *arguments]))
    assert json.loads(joined.hear()[2:]) == ["message-back", *arguments]


@pytest.mark.parametrize("number", [0, 1, 456, 999_999_999])
def test_an_acknowledgement_carries_the_id_and_the_arguments(joined, number):
    joined.say(f'42{number}["message-with-ack",1,"2",{{"3":[false]}}]')
    assert joined.hear() == f'43{number}[1,"2",{{"3":[false]}}]'


def binary(session, text, *attachments):
    """Sends a packet with attachments and returns the text and the attachments of the answer."""
    wrap = isinstance(session, Polling)
    session.say(text)
    for attachment in attachments:
        session.say(attachment)
    heard = [session.hear() for _ in range(1 + len(attachments))]
    assert all(item.startswith("b") if wrap else isinstance(item, bytes) for item in heard[1:])
    return heard


PLACES = '{"_placeholder":true,"num":0},"text",{"_placeholder":true,"num":1}'


def attachments_for(session):
    return ["bAQID", "bBAUG"] if isinstance(session, Polling) else [b"\1\2\3", b"\4\5\6"]


def test_binary_arguments_come_back(joined):
    files = attachments_for(joined)
    heard = binary(joined, f'452-["message",{PLACES}]', *files)
    assert heard == [f'452-["message-back",{PLACES}]', *files]


def test_binary_arguments_come_back_in_an_acknowledgement(joined):
    files = attachments_for(joined)
    heard = binary(joined, f'452-789["message-with-ack",{PLACES}]', *files)
    assert heard == [f'462-789[{PLACES}]', *files]


# Violations: each ends the connection


@pytest.mark.parametrize("packet", [
    "4abc", "49", "4", '42{}', '42["message"', '42abc["message-with-ack",1]', '42[]', '42[{}]', '42[null]',
    '42["connect"]', '42["disconnect",1]', '451["message"]',
    '451-["message",{"_placeholder":true,"num":5}]', '4511-["message"]', '43{}', '41"why"', "44", '44"no"'])
def test_a_malformed_packet_ends_the_connection(joined, packet):
    joined.say(packet)
    if packet.startswith("451-"):
        joined.say(attachments_for(joined)[0])
    assert is_over(joined)


@pytest.mark.parametrize("packet", ["4abc", '42["message"]', '42/custom,["message"]', "41", '43["x"]', '40"text"', "40[]"])
def test_anything_but_connect_first_ends_the_connection(session, packet):
    session.say(packet)
    assert is_over(session)


def test_joining_twice_ends_the_connection(joined):
    joined.say("40")
    assert is_over(joined)


def test_an_event_for_a_namespace_not_joined_ends_the_connection(joined):
    joined.say('42/custom,["message","early"]')
    assert is_over(joined)


def test_an_attachment_nobody_announced_ends_the_connection(joined):
    joined.say(attachments_for(joined)[0])
    assert is_over(joined)


def test_text_while_an_attachment_is_awaited_ends_the_connection(joined):
    joined.say('451-["message",{"_placeholder":true,"num":0}]')
    joined.say('42["message"]')
    assert is_over(joined)


def test_an_acknowledgement_nobody_asked_for_is_ignored(joined):
    joined.say('4377["surprise"]')
    joined.say('42["message","on"]')
    assert joined.hear() == '42["message-back","on"]'
