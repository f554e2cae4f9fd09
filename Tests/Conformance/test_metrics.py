# SPDX-License-Identifier: Apache-2.0
"""What /metrics says, in form and in number."""

import os
import time

from metrics import check, metrics, samples, scrape, settled
from peers import Bare, Stock, refused
from sessions import SOCKET, Direct

THREADS = 3
FAMILIES = {
    "parley_build_info": "gauge", "parley_draining": "gauge", "parley_connections": "gauge",
    "parley_refusals": "counter", "parley_request_failures": "counter", "parley_sessions": "gauge",
    "parley_sessions_opened": "counter", "parley_upgrades": "counter", "parley_peers": "gauge", "parley_rooms": "gauge",
    "parley_relays": "counter", "parley_receipts": "counter", "parley_settlements": "counter",
    "parley_receipt_seconds": "histogram", "parley_receipts_open": "gauge", "parley_outbox_events": "gauge",
    "parley_outbox_bytes": "gauge", "parley_resumes": "counter", "parley_loop_lag_seconds": "histogram",
    "process_cpu_seconds": "counter", "process_resident_memory_bytes": "gauge", "process_open_fds": "gauge",
    "process_max_fds": "gauge", "process_start_time_seconds": "gauge",
}


def total(found, name):
    return sum(value for (sample, _), value in found.items() if sample == name)


def test_every_signal_is_counted_once_whatever_the_transport_and_the_thread(parley):
    server = parley("--threads", THREADS)
    assert check(scrape(server)) == FAMILIES
    ada, bob = Stock(server, "polling"), Stock(server, "upgrade")
    cyd = Bare(server)
    for peer in (ada, bob, cyd):
        peer.join("r")
    bob.acks = {"offer": lambda payload: {"applied": True}, "answer": lambda payload: {"ok": False, "error": "no"}}

    def sent(count, sender, event, **payload):
        return [sender.ask(event, payload) for _ in range(count)]

    sdp, candidate = {"sdp": "v=0"}, {"candidate": {"candidate": "c"}}
    assert all(answer["status"] == "applied" for answer in sent(3, ada, "offer", to=bob.id, confirm="applied", **sdp))
    assert all(answer["status"] == "sent" for answer in sent(5, ada, "candidate", to=bob.id, **candidate))
    assert all(answer["status"] == "delivered" for answer in sent(2, bob, "signal", to=ada.id, data=1))
    refused(sent(1, ada, "answer", to=bob.id, **sdp)[0], "remote_rejected")
    refused(sent(1, ada, "hangup", to="x" * 20)[0], "peer_not_found")
    refused(sent(1, ada, "offer", to=bob.id)[0], "bad_payload")
    # To a room: one delivery for each of two others.
    later = ada.ask_later("message", {"room": "r", "data": "hello"})
    cyd.acknowledge(cyd.expect_event("message", 5), {"ok": True})
    assert len(later()["delivered"]) == 2
    assert sent(1, bob, "broadcast", room="r", data=1, confirm="none")[0]["status"] == "sent"
    cyd.expect("broadcast")
    # Too late, and then after all.
    refused(sent(1, ada, "renegotiate", to=cyd.id, timeoutMs=50)[0], "ack_timeout")
    assert metrics(server)[("parley_receipts_open", None)] == 1
    cyd.acknowledge(cyd.expect_event("renegotiate", 5), {"ok": True})
    assert ada.expect("receipt")["status"] == "delivered"
    # Away, and back.
    cyd.drop()
    ada.expect("peer:away")
    found = metrics(server)
    assert found[("parley_peers", "away")] == 1 and found[("parley_peers", "here")] == 2
    assert sent(1, ada, "description", to=cyd.id, description={"type": "offer", "sdp": "v=0"})[0]["status"] == "queued"
    found = metrics(server)
    assert found[("parley_outbox_events", None)] >= 1 and found[("parley_outbox_bytes", None)] > 50
    assert found[("parley_receipts_open", None)] == 1
    assert cyd.resume()["resumed"]
    cyd.acknowledge(cyd.expect_event("description", 5), {"ok": True})
    assert ada.expect("receipt")["status"] == "delivered"
    newcomer = Bare(server, auth={"pid": "x" * 20, "offset": "1"})
    newcomer.join("other")

    found = metrics(server)
    assert check(scrape(server)) == FAMILIES
    by_type = {"offer": 3, "answer": 1, "candidate": 5, "signal": 2, "message": 2, "broadcast": 2, "renegotiate": 1,
               "description": 1, "hangup": 0, "moderated": 0}
    assert {name: found[("parley_relays_total", name)] for name in by_type} == by_type
    assert total(found, "parley_relays_total") == sum(by_type.values())
    outcomes = {"applied": 3, "sent": 6, "delivered": 4, "rejected": 1, "timeout": 1, "queued": 1, "peer_not_found": 1,
                "bad_payload": 1, "peer_left": 0, "queue_full": 0}
    assert {name: found[("parley_receipts_total", name)] for name in outcomes} == outcomes
    assert total(found, "parley_receipts_total") == sum(outcomes.values())
    assert found[("parley_settlements_total", "delivered")] == 2 and total(found, "parley_settlements_total") == 2
    # Those that were acked in time.
    assert found[("parley_receipt_seconds_count", None)] == 3 + 4 + 1
    assert 0 < found[("parley_receipt_seconds_sum", None)] < 60
    assert found[("parley_receipts_open", None)] == 0
    assert found[("parley_resumes_total", "resumed")] == 1 and found[("parley_resumes_total", "refused")] == 1
    assert found[("parley_sessions", "polling")] == 1 and found[("parley_sessions", "websocket")] == 3
    assert found[("parley_sessions_opened_total", "polling")] == 2
    assert found[("parley_sessions_opened_total", "websocket")] == 3 and found[("parley_upgrades_total", None)] == 1
    assert found[("parley_peers", "here")] == 4 and found[("parley_peers", "away")] == 0
    assert found[("parley_rooms", "occupied")] == 2 and found[("parley_rooms", "empty")] == 0
    for peer in (ada, bob, newcomer):
        peer.leave()
    settled(server, {("parley_sessions", "polling"): 0, ("parley_sessions", "websocket"): 1,
                     ("parley_peers", "here"): 1, ("parley_rooms", "occupied"): 1})


def test_signals_without_an_ack_are_relayed_and_not_receipted(relay):
    ada, bob = Bare(relay), Bare(relay)
    for peer in (ada, bob):
        peer.join("quiet")
    before = metrics(relay)
    for _ in range(4):
        ada.say("offer", {"to": bob.id, "sdp": "v=0"})
    for _ in range(4):
        bob.expect("offer")
    ada.say("offer", {"to": "x" * 20, "sdp": "v=0"})
    ada.expect("error")
    after = metrics(relay)
    assert after[("parley_relays_total", "offer")] - before[("parley_relays_total", "offer")] == 4
    assert total(after, "parley_receipts_total") == total(before, "parley_receipts_total")
    ada.leave()
    bob.leave()


def test_rooms_and_peers_that_are_waited_for(parley):
    server = parley("--resume-window", 1)
    peer = Bare(server)
    peer.join("kept", settings={"emptyTimeoutMs": 60_000})
    peer.join("gone")
    assert peer.ask("leave")["ok"]
    settled(server, {("parley_rooms", "occupied"): 0, ("parley_rooms", "empty"): 1})
    peer.join("kept")
    settled(server, {("parley_rooms", "occupied"): 1, ("parley_rooms", "empty"): 0})
    peer.drop()
    found = settled(server, {("parley_resumes_total", "expired"): 1, ("parley_peers", "away"): 0,
                             ("parley_peers", "here"): 0, ("parley_rooms", "empty"): 1})
    assert found[("parley_resumes_total", "resumed")] == 0


def test_the_lag_of_every_loop_is_watched_from_the_first_scrape_on(parley):
    server = parley("--threads", THREADS)
    first = metrics(server)
    assert [first[("parley_loop_lag_seconds_count", str(loop))] for loop in range(THREADS)] == [0] * THREADS
    deadline = time.monotonic() + 20
    while min(metrics(server)[("parley_loop_lag_seconds_count", str(loop))] for loop in range(THREADS)) < 2:
        assert time.monotonic() < deadline, "the loops are not watched"
        time.sleep(0.2)
    assert ("parley_loop_lag_seconds_count", str(THREADS)) not in metrics(server)
    check(scrape(server))


def test_the_process_tells_what_it_takes(parley):
    server = parley()
    # The one that found the server listening is gone.
    first = settled(server, {("parley_connections", None): 1})
    assert abs(first[("process_start_time_seconds", None)] - time.time()) < 60
    assert 0.5 < first[("process_resident_memory_bytes", None)] / 1024 / server.resident_kib() < 2
    sessions = [Direct(server.port, SOCKET) for _ in range(20)]
    found = metrics(server)
    assert 20 <= found[("process_open_fds", None)] - first[("process_open_fds", None)] <= 22
    # The connection that asks is gone by now; a directory that is read is open meanwhile.
    assert abs(found[("process_open_fds", None)] - len(os.listdir(f"/proc/{server.process.pid}/fd"))) <= 2
    assert found[("process_max_fds", None)] > found[("process_open_fds", None)]
    assert found[("process_cpu_seconds_total", None)] > first[("process_cpu_seconds_total", None)] > 0
    for session in sessions:
        session.close()


def test_what_breaks_a_histogram_or_a_name_is_noticed():
    """The check itself: each of these must not pass."""
    right = ('# HELP parley_x_seconds X.\n# TYPE parley_x_seconds histogram\nparley_x_seconds_bucket{le="1"} 2\n'
             'parley_x_seconds_bucket{le="+Inf"} 3\nparley_x_seconds_sum 4\nparley_x_seconds_count 3\n')
    check(right)
    wrong = [right.replace('le="1"} 2', 'le="1"} 4'), right.replace("_count 3", "_count 2"),
             right.replace("x_seconds", "x_ms"), right.replace('"+Inf"', '"2"'), right.replace("_sum 4", "_sum 0.5"),
             right + "# HELP parley_y Y.\n# TYPE parley_y counter\nparley_y 1\n", right.replace("X.", "X"),
             right + right]
    for text in wrong:
        try:
            check(text)
            samples(text)
        except (AssertionError, ValueError):
            continue
        raise AssertionError(f"this passed:\n{text}")
