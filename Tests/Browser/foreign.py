# SPDX-License-Identifier: Apache-2.0
"""A Socket.IO server that is not ours (python-socketio), which speaks as `parley echo` does. Takes its port, and the seconds within
which a ping is to be answered."""

import sys

import socketio
from aiohttp import web
from engineio.payload import Payload

io = socketio.AsyncServer(async_mode="aiohttp", cors_allowed_origins="*", namespaces=["/", "/custom"],
                          ping_interval=0.3, ping_timeout=float(sys.argv[2]), max_http_buffer_size=1_000_000, async_handlers=False)


def speak(namespace):
    async def connect(sid, environ, auth):
        io.start_background_task(io.emit, "auth", auth, to=sid, namespace=namespace)

    async def message(sid, *data):
        await io.emit("message-back", data, to=sid, namespace=namespace)

    async def message_with_ack(sid, *data):
        return data

    io.on("connect", connect, namespace=namespace)
    io.on("message", message, namespace=namespace)
    io.on("message-with-ack", message_with_ack, namespace=namespace)


for name in ("/", "/custom"):
    speak(name)


@web.middleware
async def whole_bodies(request, handler):
    """python-engineio reads a body once, and takes for all of it what has arrived by then."""
    request.content.unread_data(await request.read())
    return await handler(request)


# A hundred events in a row are more packets than it takes in one request by default.
Payload.max_decode_packets = 200
app = web.Application(middlewares=[whole_bodies])
io.attach(app)
web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), print=None)
