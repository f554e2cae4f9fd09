# SPDX-License-Identifier: Apache-2.0
"""Parley's own browser client, run in Node.js by driver.mjs; it reconnects and resumes by itself."""

import itertools
import json
import pathlib
import queue
import shutil
import subprocess
import threading

import pytest

from contract.clients import PATIENCE, Client, Event

DRIVER = pathlib.Path(__file__).with_name("driver.mjs")
STOP_SECONDS = 5


class Driver:
    """One Node.js process with any number of clients."""

    def __init__(self):
        node = shutil.which("node")
        if not node:
            pytest.skip("Node.js is not installed: Parley's browser client is left out")
        self.process = subprocess.Popen(
            [node, "--no-warnings", "--experimental-websocket", DRIVER], text=True, bufsize=1,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.clients, self.numbers, self.writing = {}, itertools.count(1), threading.Lock()
        first = self.process.stdout.readline()
        if not first or not json.loads(first)["ready"]:
            pytest.skip("Node.js is older than 20.10 and has no WebSocket: Parley's browser client is left out")
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            report = json.loads(line)
            client = self.clients.get(report.pop("client"))
            if client:
                client.reported(report)

    def order(self, client, order, **details):
        with self.writing:
            self.process.stdin.write(json.dumps({"client": client, "order": order, **details}) + "\n")

    def stop(self):
        self.process.stdin.close()
        self.process.wait(STOP_SECONDS)


class Browser(Client):
    """One socket of the browser client; pid and offset are its own business."""

    def __init__(self, driver, wire, transport="websocket", auth=None):
        super().__init__(wire, transport, auth)
        self.driver, self.number = driver, next(driver.numbers)
        self.states, self.answers, self.asked = queue.Queue(), {}, itertools.count(1)
        driver.clients[self.number] = self
        self._order("connect", url=wire.url, transports=[transport], auth=self.auth)
        self.state = self._connected()
        self.welcomed()

    def _order(self, order, **details):
        self.driver.order(self.number, order, **details)

    def reported(self, report):
        if "event" in report:
            self._hear(**report)
        elif "answer" in report:
            self.answers.pop(report["answer"])(report["args"])
        else:
            self.states.put(report)

    def _hear(self, event, name, args, wantsAck):
        if name != "offset":
            def ack(answer):
                self._order("ack", event=event, answer=answer)

            self.took(Event(name, args[0] if args else None, ack if wantsAck else None))

    def _until(self, state):
        while (report := self.states.get(timeout=PATIENCE))["state"] != state:
            pass
        return report

    def _connected(self):
        report = self._until("connect")
        assert report["transport"] == self.transport
        return report

    def answer(self, name, policy):
        self._order("policy", name=name, policy=policy)

    def claim(self, **auth):
        """What to say of oneself from the next connection on."""
        self.auth = {**self.auth, **auth}
        self._order("auth", auth=self.auth)

    def send(self, name, payload, callback):
        asked = {}
        if callback:
            asked = {"ask": next(self.asked)}
            self.answers[asked["ask"]] = callback
        self._order("emit", name=name, args=[] if payload is None else [payload], **asked)

    def lost(self):
        self._until("disconnect")

    def connect_again(self):
        self.state = self._connected()

    def resume(self, transport=None):
        if transport:
            self._order("transports", transports=[transport])
            self._until("transports")
        welcome = super().resume(transport)
        assert self.state["recovered"] is welcome["resumed"] and self.state["id"] == self.id
        return welcome

    def leave(self):
        self._order("disconnect")

    def close(self):
        self.leave()
        self.driver.clients.pop(self.number, None)
        self.wire.close()
