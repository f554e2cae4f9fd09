# SPDX-License-Identifier: Apache-2.0
"""Somebody who runs the server, on the stock Python client."""

import threading

import socketio
from peers import PATIENCE, STOCK_TRANSPORTS, Event, Waiting

NAME, PASSWORD = "root", "correct horse battery"


def account(folder, *more):
    """The options for a server with one account."""
    file = folder / "admin-password"
    file.write_text(PASSWORD + "\n")
    return ["--admin-user", NAME, "--admin-password-file", file, *more]


class Admin(Waiting):
    """A client in the namespace /admin. Events are kept until a test asks for them; `seen` waits for one by a test."""

    def __init__(self, server, transport="websocket", auth=None):
        self.heard, self.news = [], threading.Condition()
        self.io = socketio.Client(reconnection=False)
        self.io.on("*", self._heard, namespace="/admin")
        auth = auth if auth is not None else {"username": NAME, "password": PASSWORD}
        self.io.connect(
            server.url, auth=auth, transports=STOCK_TRANSPORTS[transport], namespaces=["/admin"], wait_timeout=PATIENCE)

    def _heard(self, name, *arguments):
        with self.news:
            self.heard.append(Event(name, arguments[0] if arguments else None, None))
            self.news.notify_all()

    def seen(self, matches, within=PATIENCE):
        """Takes out the first event of the journal for which `matches` holds, and returns it."""
        def found():
            return next((event for event in self.heard if event.name == "event" and matches(event.payload)), None)

        with self.news:
            if not self.news.wait_for(found, within):
                raise TimeoutError(f"not among {[event.payload for event in self.heard]}")
            event = found()
            self.heard.remove(event)
            return event.payload

    def fact(self, kind, within=PATIENCE, **members):
        return self.seen(lambda event: event["type"] == kind and members.items() <= event.items(), within)

    def expect_event(self, name, within):
        def found():
            return next((event for event in self.heard if event.name == name), None)

        with self.news:
            if not self.news.wait_for(found, within):
                raise TimeoutError(f"no {name}")
            event = found()
            self.heard.remove(event)
            return event

    def ask(self, name, payload=None):
        return self.io.call(name, payload, namespace="/admin", timeout=PATIENCE)

    def do(self, name, payload=None):
        answer = self.ask(name, payload)
        assert answer["ok"] is True, answer
        return answer

    def leave(self):
        self.io.disconnect()
