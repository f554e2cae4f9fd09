// SPDX-License-Identifier: Apache-2.0
internal import ParleySignaling
internal import ParleySocketIO
internal import ParleyTransport

/// All metrics, each with its words.
struct MetricsText: Sendable {
    unowned let io: SocketIOServer
    let signaling: Signaling
    /// Seconds since 1970.
    let startTime = Double(WallClock.milliseconds) / 1_000

    /// Asks every event loop, and reads files of the system: not on an event loop.
    func text() async -> String {
        var out = Exposition()
        addServer(to: &out)
        add(await io.sessionCounts(), to: &out)
        add(await signaling.figures(), to: &out)
        if let events = await signaling.webhookFigures { add(events, to: &out) }
        add(ProcessFigures(), to: &out)
        return out.text
    }

    private func addServer(to out: inout Exposition) {
        let (refused, failed) = io.configuration.transport.refusals.all
        out.add("parley_build_info", .gauge, "The version that runs.", by: "version", [(Parley.version, 1)])
        out.add("parley_draining", .gauge, "1 while the server goes down.", io.isDraining ? 1 : 0)
        out.add("parley_connections", .gauge, "Open connections, idle HTTP included.", Double(io.connections))
        out.add(
            "parley_refusals_total", .counter, "Clients refused, or their connections ended, by what they met.",
            by: "reason", refused)
        out.add(
            "parley_request_failures_total", .counter, "Requests and connects that were refused with a code.",
            by: "code", failed)
        guard let expiry = io.certificateExpiry else { return }
        out.add(
            "parley_tls_certificate_expiry_timestamp_seconds", .gauge,
            "When the certificate that ends first does, since 1970.", Double(expiry))
    }

    private func add(_ sessions: SessionCounts, to out: inout Exposition) {
        out.add(
            "parley_sessions", .gauge, "Engine.IO sessions, by what carries them at present.", by: "transport",
            [("polling", sessions.open.polling), ("websocket", sessions.open.webSocket)])
        out.add(
            "parley_sessions_opened_total", .counter, "Sessions that began, by the transport that they began with.",
            by: "transport",
            [("polling", sessions.opened.polling), ("websocket", sessions.opened.webSocket)])
        out.add(
            "parley_upgrades_total", .counter, "Sessions that went over from polling to WebSocket.",
            Double(sessions.upgraded))
    }

    private func add(_ figures: SignalingFigures, to out: inout Exposition) {
        let counts = figures.counts
        out.add(
            "parley_peers", .gauge, "Peers, connected or waited for.", by: "presence",
            [("here", figures.peersHere), ("away", figures.peersAway)])
        out.add(
            "parley_rooms", .gauge, "Rooms, with members or outliving them.", by: "occupancy",
            [("occupied", figures.occupiedRooms), ("empty", figures.emptyRooms)])
        out.add(
            "parley_relays_total", .counter, "Signals handed on, once for each peer that gets them.", by: "type",
            counts.relaysByType)
        out.add(
            "parley_receipts_total", .counter, "What senders that wanted an ack were told, for each target.",
            by: "outcome", counts.receiptsByOutcome)
        out.add(
            "parley_settlements_total", .counter, "What became known of signals after their ack.", by: "status",
            counts.settlementsByStatus)
        out.add(
            "parley_receipt_seconds", "From the write of a signal to the ack of its target, in time.",
            [([], counts.latency)])
        out.add(
            "parley_receipts_open", .gauge, "Deliveries whose ack may still come.", Double(figures.queues.openReceipts))
        out.add(
            "parley_outbox_events", .gauge, "Events kept for clients that may not have got them.",
            Double(figures.queues.outboxEvents))
        out.add("parley_outbox_bytes", .gauge, "The bytes of these events.", Double(figures.queues.outboxBytes))
        out.add(
            "parley_resumes_total", .counter,
            "Lost clients: back as they were, let in as newcomers instead, and waited for in vain.", by: "outcome",
            [("resumed", counts.resumed), ("refused", counts.resumesRefused), ("expired", counts.resumesExpired)])
        out.add(
            "parley_loop_lag_seconds",
            "How late each event loop came to what was due, tried once a second from the first scrape on.",
            figures.lag.enumerated().map { ([("loop", "\($0)")], $1) })
    }

    private func add(_ events: EventWebhook.Figures, to out: inout Exposition) {
        out.add(
            "parley_webhook_events_total", .counter, "Events for --event-webhook: taken by it, and lost.",
            by: "outcome", [("sent", events.sent), ("dropped", events.dropped)])
        out.add(
            "parley_webhook_posts_total", .counter, "Posts to it, each of one or more events.", by: "outcome",
            [("taken", events.posts), ("failed", events.failures)])
        out.add("parley_webhook_waiting", .gauge, "Events that wait for it.", Double(events.waiting))
    }

    private func add(_ process: ProcessFigures, to out: inout Exposition) {
        // By these names every Prometheus client library tells them.
        out.add("process_cpu_seconds_total", .counter, "Processor time, the kernel's included.", process.cpuSeconds)
        out.add("process_resident_memory_bytes", .gauge, "Memory in use.", Double(process.residentBytes))
        out.add("process_open_fds", .gauge, "Open descriptors.", Double(process.openDescriptors))
        out.add("process_max_fds", .gauge, "The most there may be.", Double(process.maxDescriptors))
        out.add("process_start_time_seconds", .gauge, "When the server started, since 1970.", startTime)
    }
}
