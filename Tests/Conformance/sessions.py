# SPDX-License-Identifier: Apache-2.0
"""Engine.IO 4 sessions, and the little Socket.IO 5 that goes on top, spelled out packet by packet."""

import json

from frames import WebSocket
from wire import Http, fetch

SEPARATOR = "\x1e"
ENGINE, SOCKET = "/engine.io/", "/socket.io/"


def query(transport, sid=None, path=ENGINE):
    return f"{path}?EIO=4&transport={transport}" + (f"&sid={sid}" if sid else "")


class Polling:
    """A long-polling session."""

    def __init__(self, port, path=ENGINE, headers=()):
        self.port, self.path, self.headers = port, path, headers
        answer = fetch(port, "GET", query("polling", path=path), headers)
        assert answer.status == 200, answer
        assert answer.text.startswith("0{"), answer
        self.open = json.loads(answer.text[1:])
        self.sid = self.open["sid"]
        self.target = query("polling", self.sid, path)
        self.pending, self.inbox = None, []

    def get(self):
        """One poll; the whole answer."""
        return fetch(self.port, "GET", self.target, self.headers)

    def begin_get(self):
        """A poll that is left open; read it with `.answer()`."""
        return Http(self.port).begin("GET", self.target, self.headers)

    def poll(self):
        """One poll; the packets in it."""
        answer = self.get()
        assert answer.status == 200, answer
        return answer.text.split(SEPARATOR)

    def post(self, *packets):
        body = SEPARATOR.join(packets).encode() if packets and isinstance(packets[0], str) else b"".join(packets)
        headers = dict({"Content-Type": "text/plain;charset=UTF-8"}, **dict(self.headers))
        return fetch(self.port, "POST", self.target, headers, body)

    def say(self, packet):
        answer = self.post(packet)
        assert (answer.status, answer.text) == (200, "ok"), answer

    def hear(self):
        """The next packet that is not a ping; pings are answered; None when the session has ended."""
        while True:
            while not self.inbox:
                answer = self.get()
                if answer.status != 200:
                    return None
                self.inbox = answer.text.split(SEPARATOR)
            packet = self.inbox.pop(0)
            if packet == "2":
                self.post("3")
            elif packet in ("1", "6"):
                return None
            else:
                return packet

    def alive(self):
        """Whether the server still knows the session; asked without disturbing it."""
        return fetch(self.port, "PUT", self.target).status == 500

    def ended(self):
        """Polls until the server has forgotten the session (bounded by the timeout of the connection)."""
        for _ in range(20):
            answer = self.get()
            if answer.status == 400:
                return answer.json()["code"] == 1
        return False

    def candidate(self):
        """A WebSocket that asks for this session."""
        return WebSocket(self.port, query("websocket", self.sid, self.path), self.headers)

    def upgrade(self):
        """Goes over to WebSocket the way a client should."""
        socket = Direct.__new__(Direct)
        WebSocket.__init__(socket, self.port, query("websocket", self.sid, self.path), self.headers)
        socket.sid = self.sid
        socket.say("2probe")
        assert WebSocket.hear(socket) == "3probe"
        socket.say("5")
        return socket


class Direct(WebSocket):
    """A session that starts on WebSocket."""

    def __init__(self, port, path=ENGINE, headers=()):
        super().__init__(port, query("websocket", path=path), headers)
        first = super().hear()
        assert first.startswith("0{"), first
        self.open = json.loads(first[1:])
        self.sid = self.open["sid"]

    def hear(self):
        """The next packet that is not a ping; pings are answered; None when the session has ended."""
        while True:
            packet = super().hear()
            if packet != "2":
                return packet
            self.say("3")

    def raw(self):
        """The next packet, pings included and unanswered."""
        return super().hear()


TRANSPORTS = {"polling": Polling, "websocket": Direct}


def connected(session, namespace="/", auth=None):
    """Joins a namespace; the Socket.IO id."""
    prefix = "" if namespace == "/" else namespace + ","
    session.say(f"40{prefix}" + ("" if auth is None else json.dumps(auth)))
    answer = session.hear()
    assert answer and answer.startswith(f"40{prefix}{{"), answer
    return json.loads(answer[2 + len(prefix):])["sid"]
