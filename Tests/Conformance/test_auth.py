# SPDX-License-Identifier: Apache-2.0
"""Who is let in, by tokens that another library has signed."""

import json
import subprocess
import time

import jwt
import pytest
import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from peers import Bare, Stock, refused
from server import binary
from sessions import SOCKET, TRANSPORTS, WebSocket, query
from tokens import RSA_KEY, SECRET, SIGNERS, KeyServer, key_set, token

NOBODY = {"key": "another-secret-of-more-than-thirty-two-bytes"}


@pytest.fixture
def secret_file(tmp_path):
    path = tmp_path / "secret"
    path.write_text(SECRET + "\n")
    return path


@pytest.fixture
def guarded(parley, secret_file):
    return lambda *flags: parley("--token-secret-file", secret_file, *flags)


def refusal(server, given, transport="websocket"):
    """The `data` of the CONNECT_ERROR that a token gets."""
    session = TRANSPORTS[transport](server.port, SOCKET)
    session.say("40" + json.dumps({"token": given} if given is not None else {}))
    packet = session.hear()
    session.say("1")
    assert packet.startswith("44{"), packet
    error = json.loads(packet[2:])
    assert isinstance(error["message"], str) and isinstance(error["data"]["retryable"], bool)
    return error["data"]


def admitted(server, given, **auth):
    return Bare(server, auth={"token": given, **auth})


# Signatures


def test_a_token_signed_with_the_secret_lets_its_user_in(guarded):
    server = guarded()
    peer = admitted(server, token(name="Ada"), user="eve", name="Eve")
    assert peer.welcome["user"] == "ada"
    answer = peer.join("r")
    assert answer["self"]["user"] == "ada" and answer["self"]["name"] == "Ada"


@pytest.mark.parametrize("algorithm", SIGNERS)
def test_keys_of_a_set_are_for_their_own_algorithm(parley, tmp_path, algorithm):
    path = tmp_path / "keys.json"
    path.write_text(json.dumps(key_set(*SIGNERS)))
    server = parley("--jwks", path)
    assert admitted(server, token(SIGNERS[algorithm][0], algorithm)).welcome["user"] == "ada"
    other = next(name for name in SIGNERS if name != algorithm)
    swapped = token(SIGNERS[algorithm][0], algorithm).split(".")
    swapped[0] = token(SIGNERS[other][0], other).split(".")[0]
    assert refusal(server, ".".join(swapped))["code"] == "auth_invalid"


def test_a_public_key_is_no_secret(parley, tmp_path):
    path = tmp_path / "keys.json"
    path.write_text(json.dumps(key_set("RS256")))
    server = parley("--jwks", path)
    pem = RSA_KEY.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    head, claims, _ = token(RSA_KEY, "RS256").split(".")
    hs256 = jwt.utils.base64url_encode(b'{"alg":"HS256","typ":"JWT"}').decode()
    for secret in pem, pem.strip(), json.dumps(key_set("RS256")["keys"][0]).encode():
        signature = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256)
        signed = signature.sign(f"{hs256}.{claims}".encode(), secret)
        forged = f"{hs256}.{claims}.{jwt.utils.base64url_encode(signed).decode()}"
        assert refusal(server, forged)["code"] == "auth_invalid"


@pytest.mark.parametrize("named", ["none", "RS256", "HS512", "", "hs256"])
def test_a_token_has_the_algorithm_that_it_names(guarded_once, named):
    head = jwt.utils.base64url_encode(json.dumps({"alg": named}).encode()).decode()
    signed = f"{head}.{token().split('.')[1]}"
    right = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256).sign(signed.encode(), SECRET.encode())
    forged = f"{signed}.{jwt.utils.base64url_encode(right).decode()}"
    assert refusal(guarded_once, forged)["code"] == "auth_invalid"


@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize("given, code", [
    (None, "auth_required"), ("", "auth_required"), ("garbage", "auth_invalid"), ("a.b.c", "auth_invalid"),
    ("e30.e30.", "auth_invalid"), ("." * 20_000, "auth_invalid"),
    (token(**NOBODY), "auth_invalid"), (token() + "A", "auth_invalid"), (token()[:-4], "auth_invalid"),
    (token(key=None, algorithm="none"), "auth_invalid"),
    (token(algorithm="HS512"), "auth_invalid"),
    (token(ttl=-60), "auth_expired"),
    (token(nbf=int(time.time()) + 600), "auth_invalid"),
    (token(rooms="lobby"), "auth_invalid"), (token(create="yes"), "auth_invalid"),
    (token(headers={"crit": ["exp"]}), "auth_invalid"),
])
def test_what_is_refused_has_its_code(guarded_once, transport, given, code):
    assert refusal(guarded_once, given, transport) == {"code": code, "retryable": False}


@pytest.fixture(scope="module")
def guarded_once(tmp_path_factory):
    from server import Server
    path = tmp_path_factory.mktemp("secret") / "secret"
    path.write_text(SECRET)
    server = Server.serve("--token-secret-file", path)
    yield server
    server.stop()


def test_clocks_may_differ_by_the_leeway(guarded):
    server = guarded("--token-leeway", 120)
    assert admitted(server, token(ttl=-60)).welcome["user"] == "ada"
    assert refusal(server, token(ttl=-180))["code"] == "auth_expired"


def test_issuer_and_audience_are_checked_when_named(guarded):
    server = guarded("--token-issuer", "https://id.example", "--token-audience", "calls")
    for audience in "calls", ["other", "calls"]:
        admitted(server, token(iss="https://id.example", aud=audience))
    for claims in {"iss": "https://id.example"}, {"aud": "calls"}, {"iss": "x", "aud": "calls"}, \
            {"iss": "https://id.example", "aud": ["other"]}:
        assert refusal(server, token(**claims))["code"] == "auth_invalid"


def test_a_client_that_cannot_send_auth_may_put_its_token_in_the_query(guarded_once):
    session = WebSocket(guarded_once.port, f"{query('websocket', path=SOCKET)}&token={token()}")
    assert session.hear().startswith("0{")
    session.say("40")
    assert session.hear().startswith("40{")


def test_the_stock_client_reads_why(guarded_once):
    import socketio
    client, errors = socketio.Client(reconnection=False), []
    client.on("connect_error", errors.append)
    with pytest.raises(socketio.exceptions.ConnectionError):
        client.connect(guarded_once.url, auth={"token": "wrong"}, transports=["websocket"], wait_timeout=5)
    assert errors[0]["data"]["code"] == "auth_invalid"
    stock = Stock(guarded_once, auth={"token": token()})
    assert stock.welcome["user"] == "ada"
    stock.leave()


# Key sets that change


def test_a_key_is_chosen_by_its_name_and_a_broken_set_keeps_the_last_one(parley):
    keys = KeyServer(key_set("ES256", "EdDSA", ES256="one", EdDSA="two"))
    server = parley("--jwks", keys.url)
    ec, ed = SIGNERS["ES256"][0], SIGNERS["EdDSA"][0]
    admitted(server, token(ec, "ES256", headers={"kid": "one"}))
    admitted(server, token(ed, "EdDSA", headers={"kid": "two"}))
    assert refusal(server, token(ec, "ES256", headers={"kid": "two"}))["code"] == "auth_invalid"
    keys.status = 500
    admitted(server, token(ec, "ES256", headers={"kid": "one"}))
    assert keys.asked == 1, "a key set is not fetched for every token"
    keys.stop()


@pytest.mark.parametrize("arguments, words", [
    (["--jwks", "/nowhere/keys.json"], "Could not get the keys for tokens from /nowhere/keys.json"),
    (["--jwks", "http://example.org/keys.json"], "must begin with https://"),
    (["--token-secret-file", "/nowhere/secret"], "The secret file /nowhere/secret cannot be read"),
    (["--token-leeway=-1"], "--token-leeway must be 0 to 3600 seconds"),
])
def test_keys_that_cannot_be_had_are_said_at_the_start(arguments, words):
    done = subprocess.run([binary(), "serve", "--no-web", "--port", "0", *arguments], capture_output=True, text=True,
                          timeout=20, check=False)
    assert done.returncode != 0 and words in done.stderr, done.stderr


def test_a_short_secret_is_refused(tmp_path):
    path = tmp_path / "secret"
    path.write_text("too short")
    done = subprocess.run([binary(), "serve", "--no-web", "--port", "0", "--token-secret-file", path],
                          capture_output=True, text=True, timeout=20, check=False)
    assert done.returncode != 0 and "HS256 needs 32 or more" in done.stderr
    assert "too short" not in done.stderr


def test_keys_that_are_no_good_are_passed_over(parley, tmp_path):
    weak = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    from jwt.algorithms import RSAAlgorithm
    path = tmp_path / "keys.json"
    bad = {**json.loads(RSAAlgorithm.to_jwk(weak.public_key())), "kid": "weak"}
    path.write_text(json.dumps({"keys": [bad, {"kty": "oct", "k": "AAAA"}, 7, *key_set("EdDSA")["keys"]]}))
    server = parley("--jwks", path)
    assert refusal(server, token(weak, "RS256", headers={"kid": "weak"}))["code"] == "auth_invalid"
    admitted(server, token(SIGNERS["EdDSA"][0], "EdDSA"))


# Grants


def test_rooms_are_joined_by_name_or_pattern(guarded_once):
    peer = admitted(guarded_once, token(rooms=["lobby", "team-*"]))
    for room in "lobby", "team-", "team-red":
        peer.join(room)
    for room in "lobby2", "team", "other":
        refused(peer.ask("join", {"room": room}), "forbidden", "room")


def test_a_token_may_forbid_to_create_and_bound_the_capacity(guarded_once):
    guest = admitted(guarded_once, token(sub="guest", create=False))
    refused(guest.ask("join", {"room": "hall"}), "room_not_found")
    host = admitted(guarded_once, token(capacity=2))
    assert host.join("hall")["room"]["settings"]["capacity"] == 2
    refused(host.ask("join", {"room": "big", "settings": {"capacity": 3}}), "bad_payload", "settings.capacity")
    refused(host.ask("room:update", {"room": "hall", "settings": {"capacity": 3}}), "bad_payload")
    guest.join("hall")


def test_a_moderator_comes_in_as_one_past_lock_and_lobby(guarded_once):
    host = admitted(guarded_once, token())
    host.join("court", settings={"lobby": True})
    host.ask("room:update", {"room": "court", "settings": {"locked": True}})
    refused(admitted(guarded_once, token(sub="guest")).ask("join", {"room": "court"}), "room_locked")
    judge = admitted(guarded_once, token(sub="judge", grants=["moderate"]))
    assert judge.join("court")["self"]["role"] == "moderator"


def test_the_list_of_rooms_shows_what_may_be_joined(guarded_once):
    admitted(guarded_once, token()).join("team-open", settings={"public": True})
    host = admitted(guarded_once, token())
    host.join("other-open", settings={"public": True})
    guest = admitted(guarded_once, token(sub="guest", rooms=["team-*"]))
    listed = [room["room"] for room in guest.ask("rooms", {})["rooms"]]
    assert "other-open" not in listed
    assert "other-open" in [room["room"] for room in host.ask("rooms", {})["rooms"]]


def test_metadata_of_the_token_stands_over_the_clients(guarded_once):
    peer = admitted(guarded_once, token(metadata={"team": "red"}), metadata={"team": "blue", "mood": "calm"})
    assert peer.join("m")["self"]["metadata"] == {"team": "red", "mood": "calm"}


def test_only_the_same_user_resumes(guarded_once):
    peer = admitted(guarded_once, token())
    peer.join("r")
    peer.drop()
    stranger = Bare(guarded_once, auth={"token": token(sub="eve"), "pid": peer.pid})
    assert stranger.welcome["resumed"] is False and stranger.id != peer.id
    assert peer.resume(token=token())["resumed"] is True


def test_turn_credentials_want_a_token(guarded, tmp_path):
    (tmp_path / "turn").write_text("turn-secret")
    server = guarded("--turn-url", "turn:127.0.0.1:3478", "--turn-secret-file", tmp_path / "turn")
    url = f"{server.url}/turn?service=turn&username=eve"
    assert requests.get(url, timeout=5).status_code == 401
    assert requests.get(url, timeout=5).json()["code"] == "auth_required"
    for answer in (requests.get(f"{url}&token={token()}", timeout=5),
                   requests.get(url, headers={"Authorization": f"Bearer {token()}"}, timeout=5)):
        assert answer.json()["username"].endswith(":ada")


# The end of a token


def test_a_token_ends_while_its_user_is_connected(guarded):
    server = guarded("--token-leeway", 0)
    peer, witness = admitted(server, token(ttl=4)), admitted(server, token(sub="bob"))
    peer.join("r")
    witness.join("r")
    expiring = peer.expect("auth:expiring")
    assert 0 < expiring["inMs"] <= 4_000 and expiring["expiresAt"] > time.time() * 1_000 - 1
    assert peer.expect("auth:expired", within=15) == {}
    assert witness.expect("peer:left", within=15)["reason"] == "token_expired"
    again = Bare(server, auth={"token": token(), "pid": peer.pid})
    assert again.welcome["resumed"] is False


def test_a_new_token_keeps_the_user_connected(guarded):
    server = guarded("--token-leeway", 0)
    peer = admitted(server, token(ttl=4))
    peer.join("r")
    peer.join("s")
    refused(peer.ask("auth:refresh", {"token": "wrong"}), "auth_invalid")
    refused(peer.ask("auth:refresh", {"token": token(sub="eve")}), "forbidden", "token")
    refused(peer.ask("auth:refresh", {}), "bad_payload", "token")
    answer = peer.ask("auth:refresh", {"token": token(ttl=900, rooms=["r"])})
    assert answer["ok"] and answer["expiresAt"] > (time.time() + 600) * 1_000
    assert peer.expect("moderated") == {
        "room": "s", "action": "kick", "reason": "The new token does not name this room."}
    peer.expect_nothing("auth:expired", within=5)
    assert peer.ask("peers", {"room": "r"})["ok"]
    refused(peer.ask("peers", {"room": "s"}), "not_in_room")


def test_a_new_token_makes_and_unmakes_a_moderator_of_the_rooms_it_is_in(guarded):
    server = guarded("--threads", 2)
    owner, peer, other = (admitted(server, token(sub=name)) for name in ("owner", "peer", "other"))
    for each in owner, peer, other:
        each.join("r")
    refused(peer.ask("moderate", {"room": "r", "peerId": other.id, "action": "mute"}), "forbidden")
    for grants, role in ([["moderate"], "moderator"], [[], "member"]):
        assert peer.ask("auth:refresh", {"token": token(sub="peer", grants=grants)})["ok"]
        for each in owner, peer, other:
            assert each.expect("peer:updated") == {
                "room": "r", "peerId": peer.id, "metadata": {}, "version": 0, "role": role}
    refused(peer.ask("moderate", {"room": "r", "peerId": other.id, "action": "kick"}), "forbidden")
    assert owner.ask("moderate", {"room": "r", "peerId": peer.id, "action": "role", "role": "moderator"})["ok"]
    peer.expect("peer:updated")
    for grants in ["moderate"], []:
        assert peer.ask("auth:refresh", {"token": token(sub="peer", grants=grants)})["ok"]
    assert peer.ask("moderate", {"room": "r", "peerId": other.id, "action": "kick"})["ok"], "its owner made it one"


def test_without_authentication_there_is_nothing_to_refresh(relay):
    refused(Bare(relay).ask("auth:refresh", {"token": "x"}), "unknown_event")


# Guessing


def test_who_guesses_has_to_wait(guarded):
    server = guarded("--max-auth-failures", 3)
    for _ in range(3):
        assert refusal(server, token(**NOBODY))["code"] == "auth_invalid"
    data = refusal(server, token())
    assert data["code"] == "rate_limited" and data["retryable"] and 0 < data["retryAfterMs"] <= 1_001
    deadline = time.monotonic() + 10
    while refused_still(server) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert refusal(server, token(**NOBODY))["code"] in ("auth_invalid", "rate_limited")


def refused_still(server):
    try:
        admitted(server, token()).leave()
    except AssertionError:
        return True
    return False


def test_expired_and_missing_tokens_are_no_guesses(guarded):
    server = guarded("--max-auth-failures", 1)
    for _ in range(4):
        assert refusal(server, token(ttl=-600))["code"] == "auth_expired"
        assert refusal(server, None)["code"] == "auth_required"
    admitted(server, token())


# The command line


def mint(secret_file, *arguments):
    return subprocess.run([binary(), "token", "--token-secret-file", secret_file, *arguments], capture_output=True,
                          text=True, timeout=20, check=False)


def test_tokens_are_minted(secret_file, guarded_once):
    done = mint(secret_file, "--user", "ada", "--room", "a*", "--room", "b", "--grant", "moderate", "--no-create",
                "--ttl", "15m", "--capacity", "4", "--metadata", '{"team":"red"}', "--name", "Ada", "--key-id", "k1",
                "--issuer", "i", "--audience", "calls")
    text = done.stdout.strip()
    claims = jwt.decode(text, SECRET, algorithms=["HS256"], audience="calls")
    assert claims.pop("exp") - claims.pop("iat") == 900
    assert claims == {"sub": "ada", "rooms": ["a*", "b"], "grants": ["moderate"], "create": False, "capacity": 4,
                      "metadata": {"team": "red"}, "name": "Ada", "iss": "i", "aud": "calls"}
    assert jwt.get_unverified_header(text)["kid"] == "k1"
    assert done.stdout.count("\n") == 1 and done.stderr == ""
    assert admitted(guarded_once, text).welcome["user"] == "ada"


@pytest.mark.parametrize("arguments, words", [
    (["--user", "a", "--ttl", "soon"], "--ttl must be a time such as 90s, 15m, 8h or 7d, not soon."),
    (["--user", "a", "--metadata", "[]"], "--metadata must be a JSON object"),
    (["--user", "a", "--grant", "everything"], "everything"),
    ([], "--user"),
])
def test_what_cannot_be_minted_is_said(secret_file, arguments, words):
    done = mint(secret_file, *arguments)
    assert done.returncode == 64 and words in done.stderr and done.stdout == ""


def test_no_token_is_ever_printed(guarded):
    server = guarded()
    good, bad = token(), token(**NOBODY)
    admitted(server, good).ask("auth:refresh", {"token": bad})
    refusal(server, bad)
    assert good not in server.output() and bad not in server.output() and SECRET not in server.output()
