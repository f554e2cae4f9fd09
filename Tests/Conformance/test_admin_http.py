# SPDX-License-Identifier: Apache-2.0
"""The requests of admins over HTTP, /admin/api."""

import base64

import pytest
import requests

import tokens
from admins import NAME, PASSWORD, account
from peers import Stock
from server import Server

ME = (NAME, PASSWORD)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    server = Server.serve("--max-auth-failures", 1_000, *account(tmp_path_factory.mktemp("admin")))
    yield server
    server.stop()


def get(server, request, auth=ME, **options):
    return requests.get(f"{server.url}/admin/api/{request}", auth=auth, timeout=10, **options)


def post(server, request, payload=None, auth=ME, **options):
    return requests.post(f"{server.url}/admin/api/{request}", json=payload or {}, auth=auth, timeout=10, **options)


def test_a_room_from_its_making_to_its_end(server):
    assert post(server, "create", {"room": "r", "settings": {"capacity": 3}}).json()["settings"]["capacity"] == 3
    ada = Stock(server)
    ada.join("r")
    assert get(server, "rooms", params={"limit": 5, "filter": "r"}).json()["rooms"][0]["peers"] == 1
    assert get(server, "room", params={"room": "r"}).json()["members"][0]["peerId"] == ada.id
    assert get(server, "stats").json()["peers"] == 1
    assert post(server, "notice", {"room": "r", "text": "hello"}).json()["peers"] == 1
    assert ada.expect("notice")["text"] == "hello"
    assert post(server, "close", {"room": "r"}).json() == {"ok": True}
    assert ada.expect("room:closed")["reason"] == "closed"
    ada.leave()


@pytest.mark.parametrize("name, password", [
    (NAME, ""), (NAME, PASSWORD + "x"), ("", PASSWORD), ("someone", PASSWORD), (NAME, "a" * 5_000), ("ö", "ü")])
def test_wrong_accounts_are_refused(server, name, password):
    answer = get(server, "stats", auth=(name.encode(), password.encode()))
    assert answer.status_code == 401 and answer.json()["error"]["code"] == "auth_invalid"
    assert answer.headers["WWW-Authenticate"].startswith("Basic ")


@pytest.mark.parametrize("field", [None, "", "Basic", "Basic !", "Basic " + base64.b64encode(b"nocolon").decode(),
                                   "Bearer", "Bearer x", "Digest x", "basic " * 500])
def test_malformed_credentials_are_refused(server, field):
    answer = get(server, "stats", auth=None, headers={} if field is None else {"Authorization": field})
    assert answer.status_code == 401 and answer.json()["ok"] is False


@pytest.mark.parametrize("method, request_name, status, code", [
    ("GET", "nonsense", 404, "unknown_event"), ("GET", "close?room=r", 400, "bad_payload"),
    ("GET", "room", 400, "bad_payload"), ("GET", "room?room=none", 404, "room_not_found"),
    ("GET", "rooms?limit=x", 400, "bad_payload"), ("DELETE", "rooms", 400, "bad_payload"),
    ("GET", "", 404, "unknown_event"), ("POST", "kick", 400, "bad_payload"),
])
def test_what_is_wrong_is_said(server, method, request_name, status, code):
    answer = requests.request(
        method, f"{server.url}/admin/api/{request_name}", auth=ME, timeout=10,
        **({"json": {}} if method == "POST" else {}))
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


@pytest.mark.parametrize("body, kind", [
    (b"{}", "text/plain"), (b"{}", None), (b"room=r", "application/x-www-form-urlencoded"), (b"[]", "application/json"),
    (b"{", "application/json"), (b"", "application/json"), (b"[" * 5_000, "application/json")])
def test_a_form_of_another_page_changes_nothing(server, body, kind):
    answer = requests.post(
        f"{server.url}/admin/api/drain", data=body, auth=ME, timeout=10, headers={"Content-Type": kind} if kind else {})
    assert answer.status_code == 400
    assert get(server, "stats").json()["server"]["draining"] is False


def test_another_origin_is_refused(server):
    assert get(server, "stats", headers={"Origin": "https://evil.example"}).status_code == 403


def test_tokens_with_a_grant(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text(tokens.SECRET)
    server = Server.serve("--token-secret-file", secret, "--admin")
    try:
        def headers(*grants):
            return {"Authorization": "Bearer " + tokens.token(grants=list(grants))}

        assert get(server, "stats", auth=None, headers=headers("admin")).json()["ok"]
        assert get(server, "stats", auth=None, headers=headers("observe")).json()["ok"]
        assert post(server, "drain", {"on": False}, auth=None, headers=headers("admin")).status_code == 200
        assert post(server, "drain", {"on": False}, auth=None, headers=headers("observe")).status_code == 403
        assert get(server, "stats", auth=None, headers=headers("moderate")).status_code == 403
        assert get(server, "stats", auth=None, headers=headers()).status_code == 403
        assert get(server, "stats").status_code == 401
    finally:
        server.stop()


def test_without_an_account_there_is_nothing_there():
    server = Server.serve()
    try:
        assert get(server, "stats").status_code == 404
    finally:
        server.stop()
