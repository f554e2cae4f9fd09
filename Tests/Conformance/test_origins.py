# SPDX-License-Identifier: Apache-2.0
"""Which browser origins may open a session, and what CORS headers they get."""

import pytest

from frames import Refused, WebSocket
from sessions import SOCKET, Direct, Polling, connected, query
from wire import fetch

HOME, EVIL = "https://app.example", "https://evil.example"


@pytest.fixture
def guarded(parley):
    return parley("--origin", HOME).port


def allowed(answer, origin):
    return (answer.header("access-control-allow-origin") == origin
            and answer.header("access-control-allow-credentials") == "true"
            and "Origin" in (answer.header("vary") or ""))


def test_an_allowed_origin_is_named_on_every_answer(guarded):
    asked = {"Origin": HOME}
    session = Polling(guarded, SOCKET, asked)
    answers = [
        fetch(guarded, "GET", query("polling", path=SOCKET), asked), session.post("40"), session.get(),
        fetch(guarded, "GET", f"{SOCKET}?EIO=4", asked), fetch(guarded, "GET", f"{SOCKET}socket.io.js", asked),
        fetch(guarded, "POST", session.target, {"Content-Length": 1_000_001, **asked}), Direct(guarded, SOCKET, asked).upgraded]
    assert [answer.status for answer in answers] == [200, 200, 200, 400, 200, 413, 101]
    assert all(allowed(answer, HOME) for answer in answers), answers


def test_a_page_of_any_origin_gets_answers_and_sends_no_cookies(parley):
    answer = fetch(parley("--origin", "*").port, "GET", query("polling", path=SOCKET), {"Origin": "https://any.example"})
    assert answer.status == 200 and answer.header("access-control-allow-origin") == "https://any.example"
    assert answer.header("access-control-allow-credentials") is None


def test_a_preflight_is_answered(guarded):
    answer = fetch(guarded, "OPTIONS", query("polling", path=SOCKET), {
        "Origin": HOME, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "x-one,x-two"})
    assert (answer.status, answer.body) == (204, b"")
    assert allowed(answer, HOME)
    assert "Access-Control-Request-Headers" in answer.header("vary")
    assert answer.header("access-control-allow-methods") == "GET,HEAD,PUT,PATCH,POST,DELETE"
    assert answer.header("access-control-allow-headers") == "x-one,x-two"


@pytest.mark.parametrize("origin", [EVIL, HOME + ".evil.example", "null", "http://app.example"])
def test_a_foreign_origin_is_refused_before_a_session_exists(guarded, origin):
    answer = fetch(guarded, "GET", query("polling", path=SOCKET), {"Origin": origin})
    assert answer.status in (400, 403), answer
    assert answer.header("access-control-allow-origin") != origin
    with pytest.raises(Refused):
        WebSocket(guarded, query("websocket", path=SOCKET), {"Origin": origin})


def test_a_foreign_origin_cannot_use_a_session_it_has_heard_of(guarded):
    session = Polling(guarded, SOCKET)
    assert fetch(guarded, "POST", session.target, {"Origin": EVIL}, b"40").status in (400, 403)
    with pytest.raises(Refused):
        WebSocket(guarded, query("websocket", session.sid, SOCKET), {"Origin": EVIL})
    connected(session)


def test_without_an_allow_list_a_browser_must_come_from_the_same_host(relay):
    port = relay.port
    own, foreign = {"Origin": f"http://127.0.0.1:{port}"}, {"Origin": EVIL}
    assert fetch(port, "GET", query("polling", path=SOCKET), own).status == 200
    assert fetch(port, "GET", query("polling", path=SOCKET), foreign).status in (400, 403)
    Direct(port, SOCKET, own).close()
    with pytest.raises(Refused):
        WebSocket(port, query("websocket", path=SOCKET), foreign)
    assert fetch(port, "OPTIONS", query("polling", path=SOCKET), own).json()["code"] == 2
