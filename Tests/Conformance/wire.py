# SPDX-License-Identifier: Apache-2.0
"""HTTP/1.1 on plain sockets, so that a test can also say what no library would say."""

import json
import socket
import time


class Answer:
    """An HTTP response."""

    def __init__(self, status, fields, body):
        self.status, self.fields, self.body = status, fields, body

    def header(self, name):
        """The value of a header, None when it is absent, all values joined when it is repeated."""
        found = [value for key, value in self.fields if key == name.lower()]
        return ", ".join(found) if found else None

    def json(self):
        return json.loads(self.body)

    @property
    def text(self):
        return self.body.decode()

    def __repr__(self):
        return f"<{self.status} {dict(self.fields)} {self.body[:200]!r}>"


class Stream:
    """A TCP connection with a read buffer and a bound on every wait."""

    def __init__(self, port, timeout=5.0):
        self.port, self.timeout, self.buffer = port, timeout, b""
        self.socket = self.connect()

    def connect(self):
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=self.timeout)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection

    def send(self, data):
        self.socket.sendall(data)

    def trickle(self, data, pause=0.0):
        """Writes octet by octet."""
        for octet in data:
            self.socket.sendall(bytes([octet]))
            time.sleep(pause)

    def fill(self):
        """Reads once more; False at the end of the stream."""
        try:
            data = self.socket.recv(65536)
        except (ConnectionResetError, BrokenPipeError):
            data = b""
        self.buffer += data
        return bool(data)

    def take(self, count):
        while len(self.buffer) < count:
            if not self.fill():
                raise EOFError(f"the stream ended after {self.buffer[:200]!r}")
        data, self.buffer = self.buffer[:count], self.buffer[count:]
        return data

    def until(self, mark):
        while mark not in self.buffer:
            if not self.fill():
                raise EOFError(f"the stream ended after {self.buffer[:200]!r}")
        data, self.buffer = self.buffer.split(mark, 1)
        return data

    def rest(self):
        """Everything up to the end of the stream."""
        while self.fill():
            pass
        data, self.buffer = self.buffer, b""
        return data

    def quiet(self, seconds):
        """True when nothing arrives and nothing ends for so long."""
        self.socket.settimeout(seconds)
        try:
            return not self.buffer and self.socket.recv(1, socket.MSG_PEEK) is None
        except socket.timeout:
            return True
        finally:
            self.socket.settimeout(self.timeout)

    def close(self):
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Http(Stream):
    """A persistent HTTP/1.1 connection."""

    def begin(self, method, target, headers=(), body=None):
        """Writes a request and returns at once; `answer` reads what came of it."""
        fields = dict({"Host": f"127.0.0.1:{self.port}"}, **dict(headers))
        if body is not None:
            fields.setdefault("Content-Length", len(body))
        head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        self.send(f"{method} {target} HTTP/1.1\r\n{head}\r\n".encode() + (body or b""))
        return self

    def answer(self, method="GET"):
        lines = self.until(b"\r\n\r\n").decode("latin-1").split("\r\n")
        version, status = lines[0].split(" ", 2)[:2]
        assert version == "HTTP/1.1", lines[0]
        fields = [(name.lower(), value.strip()) for name, value in (line.split(":", 1) for line in lines[1:])]
        answer = Answer(int(status), fields, b"")
        if answer.status in (101, 204, 304) or method == "HEAD":
            return answer
        if answer.header("transfer-encoding") == "chunked":
            while size := int(self.until(b"\r\n").split(b";")[0], 16):
                answer.body += self.take(size)
                self.take(2)
            self.until(b"\r\n")
        elif answer.header("content-length") is not None:
            answer.body = self.take(int(answer.header("content-length")))
        else:
            answer.body = self.rest()
        return answer

    def request(self, method, target, headers=(), body=None):
        return self.begin(method, target, headers, body).answer(method)


def over(context, kind, name="localhost"):
    """The same kind of stream, over TLS."""
    class Secure(kind):
        def connect(self):
            return context.wrap_socket(super().connect(), server_hostname=name, suppress_ragged_eofs=False)

    return Secure


def fetch(port, method, target, headers=(), body=None, timeout=5.0):
    """One request on a connection of its own."""
    with Http(port, timeout) as http:
        return http.request(method, target, headers, body)
