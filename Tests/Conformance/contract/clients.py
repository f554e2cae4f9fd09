# SPDX-License-Identifier: Apache-2.0
"""What every client of the contract tests can do, and the third-party one: python-socketio."""

import collections
import queue
import threading
import time

import engineio
import socketio
from engineio.payload import Payload
from socketio.packet import ACK

from peers import Waiting

PATIENCE = 5.0
HOLD = "hold"
Event = collections.namedtuple("Event", "name payload ack")
Payload.max_decode_packets = 10_000


def eventually(condition, within=PATIENCE):
    """Asks again until the condition holds: for what is announced by no event."""
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.005)


class Client(Waiting):
    """A client on a wire of its own. `policies` says what an event is answered with; HOLD leaves it to the test."""

    def __init__(self, wire, transport, auth):
        self.wire, self.transport, self.auth = wire, transport, auth or {}
        self.heard, self.log, self.news = [], [], threading.Condition()
        self.welcome = self.id = self.pid = None

    def took(self, event):
        with self.news:
            self.heard.append(event)
            self.log.append(event.name)
            self.news.notify_all()

    def expect_event(self, name, within=PATIENCE):
        def found():
            return next((event for event in self.heard if event.name == name), None)

        with self.news:
            if not self.news.wait_for(found, within):
                raise TimeoutError(f"no {name} among {[event.name for event in self.heard]}")
            event = found()
            self.heard.remove(event)
            return event

    def expect_until(self, is_last):
        """Waits for an event that others must not be taken from; it is taken out, what came before stays."""
        with self.news:
            if not self.news.wait_for(lambda: any(map(is_last, self.heard)), PATIENCE):
                raise TimeoutError(f"it is not among {[event.name for event in self.heard]}")
            last = next(event for event in self.heard if is_last(event))
            self.heard.remove(last)
            return last

    def welcomed(self):
        self.welcome = self.expect("welcome")
        self.id, self.pid = self.welcome["peerId"], self.welcome.get("pid")
        return self.welcome

    def hold(self, name):
        self.answer(name, HOLD)

    def ask(self, name, payload=None):
        return self.ask_later(name, payload)()

    def ask_later(self, name, payload=None):
        """Asks without waiting; call the result to get the answer."""
        answers = queue.Queue()
        self.send(name, payload, answers.put)

        def answer(within=PATIENCE):
            try:
                arguments = answers.get(timeout=within)
            except queue.Empty:
                raise TimeoutError(f"{name} was not answered") from None
            assert len(arguments) == 1 and isinstance(arguments[0], dict), arguments
            return arguments[0]

        return answer

    def say(self, name, payload=None):
        self.send(name, payload, None)

    def drop(self):
        """The connection is reset."""
        self.wire.reset()
        self.lost()

    def silence(self):
        """The connection breaks, and the server does not notice."""
        self.wire.silence()
        self.lost()

    def resume(self, transport=None):
        """Comes back on a new connection; the welcome it gets."""
        self.transport = transport or self.transport
        mark = len(self.log)
        self.wire.mend()
        self.connect_again()
        welcome = self.welcomed()
        assert self.log[mark] == "welcome", f"welcome must come first: {self.log[mark:]}"
        return welcome


class OneByOne(engineio.Client):
    """Handles packets in the order they came in; the stock one starts a thread for each."""

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.turns = queue.Queue()
        threading.Thread(target=self._take_turns, daemon=True).start()

    def _take_turns(self):
        while turn := self.turns.get():
            super()._trigger_event(*turn)
            self.turns.task_done()

    def _trigger_event(self, *event, run_async=False, **options):
        if run_async:
            return self.turns.put(event)
        return super()._trigger_event(*event, **options)

    def disconnect(self, abort=False, reason=None):
        """The stock one closes a WebSocket that the packets before, the goodbye among them, may not have left by."""
        if self.state == "connected" and not abort:
            eventually(lambda: not self.queue.unfinished_tasks)
        super().disconnect(abort, reason)


class Ordered(socketio.Client):
    """python-socketio, with one place where all events come in and where acks may wait."""

    def __init__(self, hear):
        super().__init__(reconnection=False)
        self.hear = hear

    def _engineio_client_class(self):
        return OneByOne

    def _handle_event(self, namespace, id, data):
        def ack(answer):
            self._send_packet(self.packet_class(ACK, namespace=namespace, id=id, data=[answer]))

        self.hear(data[0], data[1:], None if id is None else ack)


class Python(Client):
    """python-socketio; it resumes with what the `welcome` and the `offset` events told it."""

    def __init__(self, wire, transport="websocket", auth=None):
        super().__init__(wire, transport, auth)
        self.policies, self.offset = {}, None
        self.io = Ordered(self._hear)
        self.connect()
        self.welcomed()

    def connect(self):
        self.io.connect(self.wire.url, auth=self._auth, transports=[self.transport], wait_timeout=PATIENCE)

    def _auth(self):
        resume = {"pid": self.pid, "offset": self.offset}
        return {**self.auth, **{key: value for key, value in resume.items() if value is not None}}

    def _hear(self, name, arguments, ack):
        if name == "offset":
            self.offset = arguments[0]
            return
        policy = self.policies.get(name, {"ok": True})
        self.took(Event(name, arguments[0] if arguments else None, ack))
        assert len(arguments) < 2, f"{name} has more than one argument"
        if ack and policy != HOLD:
            ack(policy)

    def answer(self, name, policy):
        self.policies[name] = policy

    def claim(self, **auth):
        """What to say of oneself from the next connection on."""
        self.auth = {**self.auth, **auth}

    def send(self, name, payload, callback):
        self.io.emit(name, payload, callback=callback and (lambda *arguments: callback(arguments)))

    def lost(self):
        if self.io.eio.read_loop_task:
            self.io.eio.read_loop_task.join(PATIENCE)
        self.io.eio.turns.join()

    def connect_again(self):
        self.lost()
        self.connect()

    def leave(self):
        self.io.disconnect()

    def close(self):
        if self.io.connected:
            self.leave()
        self.io.eio.turns.put(None)
        self.wire.close()
