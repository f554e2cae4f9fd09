# SPDX-License-Identifier: Apache-2.0
"""Two native WebRTC peers find each other through the relay and talk over a data channel."""

import asyncio
import uuid

import pytest
import socketio
from aiortc import RTCPeerConnection, RTCSessionDescription

PATIENCE = 20


class NativePeer:
    """An aiortc connection that is signalled by `description` events."""

    def __init__(self, server, transports):
        self.io = socketio.AsyncClient(reconnection=False)
        self.connection = RTCPeerConnection()
        self.welcomed, self.heard = asyncio.Event(), asyncio.Queue()
        self.io.on("welcome", lambda _: self.welcomed.set())
        self.io.on("description", self.described)
        self.connection.on("datachannel", self.listen)
        self.server, self.transports = server, transports

    async def join(self, room):
        await self.io.connect(self.server.url, transports=self.transports)
        await asyncio.wait_for(self.welcomed.wait(), PATIENCE)
        return await self.io.call("join", {"room": room})

    def listen(self, channel):
        channel.on("message", lambda message: self.heard.put_nowait((channel, message)))

    async def describe(self, to, description):
        await self.connection.setLocalDescription(description)
        local = self.connection.localDescription
        return await self.io.call("description", {
            "to": to, "description": {"type": local.type, "sdp": local.sdp}, "confirm": "applied"}, timeout=PATIENCE)

    async def described(self, payload):
        await self.connection.setRemoteDescription(RTCSessionDescription(**payload["description"]))
        if payload["description"]["type"] == "offer":
            asyncio.ensure_future(self.answer(payload["from"]))
        return {"ok": True, "applied": True}

    async def answer(self, to):
        await self.describe(to, await self.connection.createAnswer())

    async def leave(self):
        await self.connection.close()
        await self.io.disconnect()


async def talk(server, transports, kind=NativePeer):
    room = f"native-{uuid.uuid4()}"
    first, second = kind(server, transports), kind(server, transports)
    try:
        await first.join(room)
        [other] = (await second.join(room))["peers"]
        channel = second.connection.createDataChannel("talk")
        second.listen(channel)
        opened = asyncio.Event()
        channel.on("open", opened.set)
        receipt = await second.describe(other["peerId"], await second.connection.createOffer())
        assert (receipt["ok"], receipt["status"]) == (True, "applied"), receipt
        await asyncio.wait_for(opened.wait(), PATIENCE)
        channel.send(bytes(range(256)))
        incoming, octets = await asyncio.wait_for(first.heard.get(), PATIENCE)
        assert octets == bytes(range(256))
        incoming.send("heard you")
        assert (await asyncio.wait_for(second.heard.get(), PATIENCE))[1] == "heard you"
    finally:
        await first.leave()
        await second.leave()


@pytest.mark.parametrize("transports", [["polling"], ["websocket"], ["polling", "websocket"]], ids="-".join)
def test_native_peers_exchange_bytes_over_a_data_channel(relay, transports):
    asyncio.run(asyncio.wait_for(talk(relay, transports), 50))
