# SPDX-License-Identifier: Apache-2.0
"""The HTTP face of the server: codes, bodies and headers as the official Socket.IO server answers."""

import gzip
import re
import socket
import time
import zlib

import pytest

from frames import Refused, WebSocket
from sessions import SOCKET, Direct, Polling, query
from wire import Http, fetch

ENGINE_ERRORS = {
    0: "Transport unknown", 1: "Session ID unknown", 2: "Bad handshake method", 3: "Bad request",
    4: "Forbidden", 5: "Unsupported protocol version"}


def is_error(answer, code):
    assert answer.status == 400, answer
    assert answer.header("content-type").startswith("application/json")
    assert answer.json() == {"code": code, "message": ENGINE_ERRORS[code]}
    return True


@pytest.fixture
def port(relay):
    return relay.port


# Errors, in the order in which they are looked for


@pytest.mark.parametrize("method, parameters, code", [
    ("GET", "", 0), ("GET", "transport=abc", 0), ("GET", "EIO=4&transport=webtransport", 0),
    ("POST", "EIO=3", 0), ("GET", "EIO=4&transport=abc&sid=nobody", 0),
    ("GET", "EIO=4&transport=polling&sid=nobody", 1), ("POST", "EIO=4&transport=polling&sid=nobody", 1),
    ("PUT", "EIO=4&transport=polling&sid=nobody", 1), ("GET", "transport=polling&sid=nobody", 1),
    ("POST", "EIO=4&transport=polling", 2), ("OPTIONS", "EIO=4&transport=polling", 2),
    ("DELETE", "EIO=3&transport=polling", 2), ("POST", "EIO=4&transport=websocket", 2),
    ("GET", "EIO=4&transport=websocket", 3), ("GET", "EIO=3&transport=websocket", 3),
    ("GET", "transport=polling", 5), ("GET", "EIO=3&transport=polling", 5), ("GET", "EIO=04&transport=polling", 5),
])
def test_errors_come_in_the_order_of_the_official_server(port, method, parameters, code):
    assert is_error(fetch(port, method, f"{SOCKET}?{parameters}", body=b"" if method == "POST" else None), code)


def test_an_empty_sid_counts_as_none(port):
    assert fetch(port, "GET", f"{SOCKET}?EIO=4&transport=polling&sid=").status == 200


def test_the_last_of_repeated_query_keys_wins(port):
    assert fetch(port, "GET", f"{SOCKET}?EIO=3&EIO=4&transport=abc&transport=polling").status == 200


def test_a_polling_request_for_a_websocket_session_is_a_bad_request(port):
    session = Direct(port, SOCKET)
    assert is_error(fetch(port, "GET", query("polling", session.sid, SOCKET)), 3)


def test_an_origin_with_control_characters_is_a_bad_request(port):
    answer = fetch(port, "GET", query("polling", path=SOCKET), {"Origin": "http://a\x01b"})
    assert answer.status == 400


@pytest.mark.parametrize("parameters, text", [
    ("EIO=4&transport=abc", "Transport unknown"),
    ("EIO=4&transport=websocket&sid=nobody", "Session ID unknown"),
    ("transport=websocket", "Unsupported protocol version"),
])
def test_a_refused_upgrade_says_why_in_plain_words(port, parameters, text):
    with pytest.raises(Refused) as refusal:
        WebSocket(port, f"{SOCKET}?{parameters}")
    answer = refusal.value.answer
    assert (answer.status, answer.text) == (400, text)
    assert answer.header("connection").lower() == "close"
    assert answer.header("content-type").startswith("text/html")


@pytest.mark.parametrize("headers", [
    {"Sec-WebSocket-Version": "12"}, {"Sec-WebSocket-Key": "short"}, {"Sec-WebSocket-Key": ""}])
def test_a_malformed_websocket_handshake_is_refused(port, headers):
    with pytest.raises(Refused) as refusal:
        WebSocket(port, query("websocket", path=SOCKET), headers)
    assert refusal.value.answer.status == 400
    if "Sec-WebSocket-Version" in headers:
        assert "13" in refusal.value.answer.header("sec-websocket-version")


# Paths


@pytest.mark.parametrize("path", ["/socket.io?", "/socket.i/?", "/Socket.IO/?", "/nothing?"])
def test_other_paths_are_not_the_engine(port, path):
    assert fetch(port, "GET", path + "EIO=4&transport=polling").status == 404


def test_whatever_starts_with_the_path_is_the_engine(port):
    assert fetch(port, "GET", "/socket.io/extra?EIO=4&transport=polling").status == 200


def test_the_path_can_be_changed(parley):
    server = parley("--path", "/calls/")
    assert fetch(server.port, "GET", "/calls/?EIO=4&transport=polling").status == 200
    assert fetch(server.port, "GET", "/socket.io/?EIO=4&transport=polling").status == 404


# Polling


def test_a_poll_and_a_post_have_the_official_headers(port):
    session = Polling(port, SOCKET)
    waiting = session.begin_get()
    posted = session.post("40")
    polled = waiting.answer()
    assert (posted.status, posted.body, posted.header("content-length")) == (200, b"ok", "2")
    assert posted.header("content-type") == "text/html"
    assert (polled.status, polled.header("content-type")) == (200, "text/plain; charset=UTF-8")
    assert polled.header("cache-control") == "no-store"
    assert int(polled.header("content-length")) == len(polled.body)


def test_a_second_get_ends_the_session(port):
    session = Polling(port, SOCKET)
    waiting = session.begin_get()
    time.sleep(0.05)
    second = session.get()
    assert (second.status, second.body) == (400, b"")
    assert waiting.answer().text == "1"
    assert session.ended()


def test_a_second_post_ends_the_session(port):
    session = Polling(port, SOCKET)
    with Http(port) as slow:
        slow.send(f"POST {session.target} HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n4".encode())
        time.sleep(0.05)
        second = session.post("40")
        assert (second.status, second.body) == (400, b"")
    assert session.ended()


def test_a_binary_post_ends_the_session(port):
    session = Polling(port, SOCKET)
    answer = fetch(port, "POST", session.target, {"Content-Type": "application/octet-stream"}, b"40")
    assert (answer.status, answer.body) == (400, b"")
    assert session.ended()


@pytest.mark.parametrize("body", [b"", b"x", b"40\x1e", b"\xff\xfe", b"b!!!!"])
def test_an_undecodable_post_is_answered_ok_and_ends_the_session(port, body):
    session = Polling(port, SOCKET)
    answer = session.post(body)
    assert (answer.status, answer.body) == (200, b"ok")
    assert session.ended()


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_another_method_is_answered_500(port, method):
    session = Polling(port, SOCKET)
    answer = fetch(port, method, session.target)
    assert (answer.status, answer.body) == (500, b"")


def test_internet_explorer_gets_its_header(port):
    answer = fetch(port, "GET", query("polling", path=SOCKET), {"User-Agent": "Mozilla/5.0 (Windows NT; Trident/7.0)"})
    assert answer.header("x-xss-protection") == "0"
    assert fetch(port, "GET", query("polling", path=SOCKET)).header("x-xss-protection") is None


@pytest.mark.parametrize("encoding, used, unpack", [
    ("gzip, deflate, br", "gzip", gzip.decompress), ("deflate", "deflate", zlib.decompress),
    ("br", None, bytes), ("gzip;q=0", None, bytes), ("identity", None, bytes)])
def test_long_poll_answers_are_compressed_as_the_client_allows(engine, encoding, used, unpack):
    session = Polling(engine, headers={"Accept-Encoding": encoding})
    for size in (1100, 900):
        session.say("4" + "x" * size)
        answer = session.get()
        while answer.body == b"2":
            session.say("3")
            answer = session.get()
        assert answer.header("content-encoding") == (used if size > 1023 else None)
        assert b"x" * size in (unpack if size > 1023 else bytes)(answer.body)


# Client files

FILES = ["socket.io.js", "socket.io.min.js", "socket.io.esm.min.js"]


@pytest.mark.parametrize("name", FILES)
def test_the_client_files_are_served_with_an_etag(port, name):
    answer = fetch(port, "GET", f"{SOCKET}{name}?v=1")
    assert answer.status == 200 and len(answer.body) > 1000
    assert answer.header("content-type") == "application/javascript; charset=utf-8"
    assert answer.header("cache-control") == "public, max-age=0"
    etag = answer.header("etag")
    assert re.fullmatch(r'"[^"]+"', etag)
    for known in (etag, f"W/{etag}"):
        again = fetch(port, "GET", SOCKET + name, {"If-None-Match": known})
        assert (again.status, again.body) == (304, b"")
    assert fetch(port, "GET", SOCKET + name, {"If-None-Match": '"other"'}).status == 200


def test_a_client_file_can_be_compressed(port):
    plain = fetch(port, "GET", f"{SOCKET}socket.io.js")
    packed = fetch(port, "GET", f"{SOCKET}socket.io.js", {"Accept-Encoding": "gzip"})
    assert plain.header("content-encoding") is None
    assert packed.header("content-encoding") == "gzip" and gzip.decompress(packed.body) == plain.body


@pytest.mark.parametrize("name", ["socket.io.css", "socket.io.js.bak", "../socket.io.js", "%73ocket.io.js", ".socket.io.js"])
def test_any_other_name_goes_to_the_engine(port, name):
    answer = fetch(port, "GET", SOCKET + name)
    assert answer.status in (400, 404) and b"socket" not in answer.body


def test_files_named_by_client_dir_are_served_instead(parley, tmp_path):
    (tmp_path / "socket.io.min.js").write_text("// the official one")
    answer = fetch(parley("--client-dir", tmp_path).port, "GET", f"{SOCKET}socket.io.min.js")
    assert (answer.status, answer.text) == (200, "// the official one")


@pytest.mark.parametrize("known", [False, True])
def test_an_upgrade_for_polling_is_taken_and_closed(port, known):
    target = Polling(port, SOCKET).target if known else f"{SOCKET}?EIO=4&transport=polling"
    with socket.create_connection(("127.0.0.1", port), 5) as raw:
        raw.sendall(f"GET {target} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode())
        answer = b""
        while not answer.endswith(b"\x88\x00"):
            part = raw.recv(4096)
            assert part, answer
            answer += part
    assert answer.startswith(b"HTTP/1.1 101 ") and b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" in answer


def test_a_folder_of_the_page_is_found_without_its_slash(parley):
    from server import ROOT
    server = parley(web=str(ROOT / "web"))
    answer = fetch(server.port, "GET", "/doctor?x=1")
    assert (answer.status, answer.header("location")) == (308, "/doctor/")
    assert fetch(server.port, "GET", "/doctor/").status == 200
    for path in "/nowhere", "//doctor", "/doctor/../doctor":
        assert fetch(server.port, "GET", path).status == 404
