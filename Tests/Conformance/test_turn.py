# SPDX-License-Identifier: Apache-2.0
"""A real TURN server takes the credentials that Parley makes, and two native peers talk through nothing but its relays."""

import asyncio
import time
import urllib.parse

import aiortc.rtcicetransport
import pytest
from aioice import TransportPolicy
from aiortc import RTCConfiguration, RTCIceServer, RTCPeerConnection

from coturn import Coturn, allocate
from peers import Bare
from test_aiortc import NativePeer, talk
from wire import fetch

SECRET = "shared-by-parley-and-coturn"


@pytest.fixture(scope="module")
def turn(tmp_path_factory):
    server = Coturn(tmp_path_factory.mktemp("coturn"), SECRET)
    yield server
    server.stop()


@pytest.fixture
def secret_file(tmp_path):
    file = tmp_path / "secret"
    file.write_text(SECRET + "\n")
    file.chmod(0o600)
    return file


@pytest.fixture
def server(parley, turn, secret_file):
    return parley("--threads", 2, "--turn-url", f"turn:127.0.0.1:{turn.port}?transport=udp", "--turn-secret-file", secret_file)


def credentials(server, **auth):
    peer = Bare(server, auth=auth)
    [entry] = peer.ask("ice", {})["iceServers"]
    peer.leave()
    return entry["username"], entry["credential"]


# Credentials


@pytest.mark.parametrize("user", [None, "ada", "ada:lovelace", "ada@example.org", "ädä", "x" * 128, "Ada Lovelace", "o'hara", 'a"\\b'])
def test_the_credentials_of_the_ice_event_are_taken(server, turn, user):
    assert allocate(turn.port, *credentials(server, **({"user": user} if user else {}))) == 0


def test_the_credentials_of_the_rest_form_are_taken(server, turn):
    given = fetch(server.port, "GET", "/turn?service=turn&username=" + urllib.parse.quote("ada")).json()
    assert allocate(turn.port, given["username"], given["password"]) == 0


def test_without_credentials_there_is_no_relay(turn):
    assert allocate(turn.port) == 401


def test_an_altered_credential_user_or_time_is_refused(server, turn):
    username, credential = credentials(server, user="ada")
    expiry, user = username.split(":")
    assert allocate(turn.port, username, credential[:-4] + "AAA=") == 401
    assert allocate(turn.port, f"{expiry}:eve", credential) == 401
    assert allocate(turn.port, f"{int(expiry) + 1}:{user}", credential) == 401


def test_credentials_made_with_another_secret_are_refused(parley, turn, tmp_path):
    (tmp_path / "other").write_text("another-secret")
    server = parley("--turn-url", f"turn:127.0.0.1:{turn.port}", "--turn-secret-file", tmp_path / "other")
    assert allocate(turn.port, *credentials(server, user="ada")) == 401


def test_credentials_are_refused_when_their_time_is_over(parley, turn, secret_file):
    server = parley("--turn-url", f"turn:127.0.0.1:{turn.port}", "--turn-secret-file", secret_file, "--turn-ttl", 1)
    given = credentials(server, user="ada")
    deadline = time.monotonic() + 5
    while (code := allocate(turn.port, *given)) == 0:
        assert time.monotonic() < deadline, "they still hold"
        time.sleep(0.2)
    assert code == 401


# Calls


class RelayedPeer(NativePeer):
    """A native peer that gathers relay candidates alone, at the servers that Parley names."""

    async def join(self, room):
        joined = await super().join(room)
        servers = [RTCIceServer(**entry) for entry in joined["iceServers"]]
        await self.connection.close()
        self.connection = RTCPeerConnection(RTCConfiguration(iceServers=servers))
        self.connection.on("datachannel", self.listen)
        return joined

    async def describe(self, to, description):
        answer = await super().describe(to, description)
        candidates = [line for line in self.connection.localDescription.sdp.splitlines() if line.startswith("a=candidate")]
        assert candidates and all(" typ relay" in line for line in candidates), candidates
        return answer


@pytest.fixture
def relayed_only(monkeypatch):
    """aiortc has no iceTransportPolicy; the layer below it has."""
    usual = aiortc.rtcicetransport.connection_kwargs
    monkeypatch.setattr(aiortc.rtcicetransport, "connection_kwargs", lambda servers: {
        **usual(servers), "transport_policy": TransportPolicy.RELAY})


@pytest.mark.parametrize("transports", [["polling"], ["websocket"]], ids="-".join)
def test_native_peers_talk_through_the_relay_alone(server, relayed_only, transports):
    asyncio.run(asyncio.wait_for(talk(server, transports, RelayedPeer), 50))
