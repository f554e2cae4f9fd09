# SPDX-License-Identifier: Apache-2.0
"""Two kinds of clients for the signaling contract: one on the stock Python client, one on bare packets."""

import collections
import json
import queue
import threading
import time

import socketio

from sessions import SOCKET, Direct

PATIENCE = 5.0
STOCK_TRANSPORTS = {"polling": ["polling"], "websocket": ["websocket"], "upgrade": ["polling", "websocket"]}
Event = collections.namedtuple("Event", "name payload ack")


def refused(answer, code, field=None):
    """Checks an answer that says no; returns it."""
    assert answer["ok"] is False, answer
    error = answer["error"]
    assert error["code"] == code, answer
    assert isinstance(error["message"], str) and isinstance(error["retryable"], bool)
    assert field is None or error["field"] == field, answer
    return answer


class Waiting:
    """What both kinds share: events are kept until a test asks for them by name."""

    def expect(self, name, within=PATIENCE):
        """The payload of the next event of that name; other events stay for later."""
        return self.expect_event(name, within).payload

    def expect_nothing(self, name, within=0.3):
        try:
            found = self.expect_event(name, within)
        except TimeoutError:
            return
        raise AssertionError(f"{found} was not expected")

    def join(self, room, **more):
        answer = self.ask("join", {"room": room, **more})
        assert answer["ok"] is True, answer
        return answer


class Stock(Waiting):
    """The stock python-socketio client; `acks` maps an event to what its handler does with the payload."""

    def __init__(self, server, transport="websocket", auth=None, io=None):
        self.acks, self.heard, self.news = {}, [], threading.Condition()
        self.io = io or socketio.Client(reconnection=False)
        self.io.on("*", self._heard)
        self.done(self.io.connect(server.url, auth=auth, transports=STOCK_TRANSPORTS[transport], wait_timeout=PATIENCE))
        self.welcome = self.expect("welcome")
        self.id = self.io.get_sid()

    def done(self, outcome):
        """What a method of the client has returned, once it is known."""
        return outcome

    def _heard(self, name, *arguments):
        with self.news:
            self.heard.append(Event(name, arguments[0] if arguments else None, None))
            self.news.notify_all()
        return self.acks.get(name, lambda payload: {"ok": True})(arguments[0] if arguments else None)

    def expect_event(self, name, within):
        def found():
            return next((event for event in self.heard if event.name == name), None)

        with self.news:
            if not self.news.wait_for(found, within):
                raise TimeoutError(f"no {name} among {[event.name for event in self.heard]}")
            event = found()
            self.heard.remove(event)
            return event

    def ask(self, name, payload=None):
        return self.done(self.io.call(name, payload, timeout=PATIENCE))

    def ask_later(self, name, payload):
        """Asks without waiting; call the result to get the answer."""
        answers = queue.Queue()
        self.done(self.io.emit(name, payload, callback=lambda *arguments: answers.put(arguments)))
        return lambda: answers.get(timeout=PATIENCE)[0]

    def leave(self):
        self.done(self.io.disconnect())


class Bare(Waiting):
    """A peer on bare packets over WebSocket: nothing is acknowledged unless the test does it."""

    def __init__(self, server, session=None, auth=None):
        self.server, self.auth = server, auth or {}
        self.heard, self.answers, self.number, self.offset = [], {}, 0, None
        self.connect(session, auth)

    def connect(self, session=None, auth=None):
        self.session = session or Direct(self.server.port, SOCKET)
        self.session.say("40" + ("" if auth is None else json.dumps(auth)))
        self.before = []
        while not (packet := self.read()).startswith("40{"):
            assert not packet.startswith("44"), packet
            self.before.append(packet)
        accepted = json.loads(packet[2:])
        self.id, self.pid = accepted["sid"], accepted.get("pid")
        self.welcome = self.expect("welcome")

    def resume(self, **changed):
        """Asks for its session on a new connection; the welcome. What came ahead of the CONNECT is in `before`."""
        self.take_in()
        known = {"pid": self.pid, "offset": self.offset, **changed}
        self.connect(auth={**self.auth, **{key: value for key, value in known.items() if value is not None}})
        return self.welcome

    def read(self, within=PATIENCE):
        """Takes the next packet in and returns its text."""
        deadline, packet = time.monotonic() + within, "2"
        while packet == "2":
            self.session.socket.settimeout(max(deadline - time.monotonic(), 0.001))
            if (packet := self.session.raw()) == "2":
                self.session.say("3")
        if packet is None:
            raise EOFError("the server ended the connection")
        start = packet.index("[") if "[" in packet else len(packet)
        number = packet[2:start]
        if packet.startswith("42"):
            name, *arguments = json.loads(packet[start:])
            self.offset = arguments[-1] if arguments and isinstance(arguments[-1], str) else self.offset
            self.heard.append(Event(name, arguments[0] if arguments else None, number))
        elif packet.startswith("43"):
            assert int(number) not in self.answers, f"a second answer: {packet}"
            self.answers[int(number)] = json.loads(packet[start:])
        return packet

    def expect_event(self, name, within):
        deadline = time.monotonic() + within
        while not any(event.name == name for event in self.heard):
            self.read(deadline - time.monotonic())
        event = next(event for event in self.heard if event.name == name)
        self.heard.remove(event)
        return event

    def say(self, name, payload=None):
        self.session.say("42" + json.dumps([name] if payload is None else [name, payload]))

    def ask_text(self, arguments):
        """Sends an event whose JSON array is given as text; call the result to get the answer."""
        self.number += 1
        number = self.number
        self.session.say(f"42{number}{arguments}")

        def answer():
            while number not in self.answers:
                self.read()
            arguments = self.answers[number]
            assert len(arguments) == 1 and isinstance(arguments[0], dict), arguments
            return arguments[0]

        return answer

    def ask_later(self, name, payload):
        return self.ask_text(json.dumps([name, payload]))

    def ask(self, name, payload=None):
        return self.ask_text(json.dumps([name] if payload is None else [name, payload]))()

    def acknowledge(self, event, payload):
        self.session.say(f"43{event.ack}{json.dumps([payload])}")

    def leave(self):
        self.session.say("41")
        self.session.close()

    def take_in(self):
        """Takes in what has already arrived, as every client would: the offset may come right behind an answer."""
        try:
            while self.session.buffer:
                self.read()
        except EOFError:
            pass  # the server has ended it

    def drop(self):
        """The connection breaks without a word."""
        self.take_in()
        self.session.close()
