// SPDX-License-Identifier: Apache-2.0
internal import Dispatch
internal import Foundation
internal import NIOConcurrencyHelpers

#if canImport(FoundationNetworking)
    internal import FoundationNetworking
#endif

/// HTTP requests to a server that we are told to trust: over TLS, or to this machine; each with a deadline and a bound on the
/// answer; without cookies, caches or redirects. Connections stay open for the next request.
package struct HTTPFetch: Sendable {
    package struct Answer: Sendable {
        package var status: Int
        /// Names in lower case.
        package var fields: [String: String]
        package var body: [UInt8]
    }

    private let url: URL
    private let timeout: Double
    private let maxBytes: Int
    private let line: FetchLine

    /// - Parameters:
    ///   - text: the address, `https://…`, or `http://…` of a loopback host.
    ///   - timeout: seconds for all of a request.
    ///   - maxBytes: of an answer's body.
    ///   - connections: at a time.
    package init(
        _ text: String, timeout: Double = 5, maxBytes: Int = 256 * 1024, connections: Int = 1
    ) throws(HTTPFetchError) {
        guard let url = URL(string: text), let host = url.host, !host.isEmpty, url.user == nil else {
            throw HTTPFetchError("\"\(text)\" is no address of the form https://host/path.")
        }
        let isLocal = ["localhost", "127.0.0.1", "::1", "[::1]"].contains(host.lowercased())
        guard url.scheme == "https" || url.scheme == "http" && isLocal else {
            throw HTTPFetchError("\(text) must begin with https://; http:// is for this machine only.")
        }
        self.url = url
        self.timeout = timeout
        self.maxBytes = maxBytes
        line = FetchLine(connections: connections)
    }

    /// Fetches, or with a body posts. The errors name the host, never what was sent.
    package func run(body: [UInt8]? = nil, fields: [(String, String)] = []) async throws(HTTPFetchError) -> Answer {
        var request = URLRequest(url: url, cachePolicy: .reloadIgnoringLocalCacheData, timeoutInterval: timeout + 1)
        request.httpMethod = body == nil ? "GET" : "POST"
        request.httpBody = body.map { Data($0) }
        for (name, value) in fields { request.setValue(value, forHTTPHeaderField: name) }
        do {
            return try await line.answer(to: request, within: timeout, maxBytes: maxBytes)
        } catch {
            throw HTTPFetchError("\(url.host ?? "The server") could not be asked: \(error)")
        }
    }
}

package struct HTTPFetchError: Error, Sendable, CustomStringConvertible {
    package var description: String

    init(_ description: String) { self.description = description }
}

/// The connections to one server, and the requests that are under way.
private final class FetchLine: Sendable {
    private let session: URLSession
    private let receptions = Receptions()

    init(connections: Int) {
        let configuration = URLSessionConfiguration.ephemeral
        configuration.httpShouldSetCookies = false
        configuration.httpMaximumConnectionsPerHost = connections
        session = URLSession(configuration: configuration, delegate: receptions, delegateQueue: nil)
    }

    deinit { session.invalidateAndCancel() }

    func answer(to request: URLRequest, within timeout: Double, maxBytes: Int) async throws -> HTTPFetch.Answer {
        let task = session.dataTask(with: request)
        let reception = Reception(maxBytes: maxBytes)
        receptions.open(reception, for: task)
        defer {
            receptions.close(task)
            task.cancel()
        }
        return try await reception.result(of: task, within: timeout)
    }
}

/// Tells each reception what came for it.
private final class Receptions: NSObject, URLSessionDataDelegate, Sendable {
    private let receptions = NIOLockedValueBox<[Int: Reception]>([:])

    func open(_ reception: Reception, for task: URLSessionTask) {
        receptions.withLockedValue { $0[task.taskIdentifier] = reception }
    }

    func close(_ task: URLSessionTask) { receptions.withLockedValue { $0[task.taskIdentifier] = nil } }

    private func reception(_ task: URLSessionTask) -> Reception? {
        receptions.withLockedValue { $0[task.taskIdentifier] }
    }

    func urlSession(
        _ session: URLSession, task: URLSessionTask, willPerformHTTPRedirection response: HTTPURLResponse,
        newRequest request: URLRequest, completionHandler: @escaping @Sendable (URLRequest?) -> Void
    ) {
        completionHandler(nil)  // the redirect itself is the answer
    }

    func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
        reception(dataTask)?.received(data)
    }

    func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
        reception(task)?.completed(task.response, error)
    }
}

/// Takes in one answer, up to its bound. Told by the session's queue, and by the clock.
private final class Reception: Sendable {
    private struct State {
        var body: [UInt8] = []
        var continuation: CheckedContinuation<HTTPFetch.Answer, any Error>?
    }

    private let maxBytes: Int
    private let state = NIOLockedValueBox(State())

    init(maxBytes: Int) { self.maxBytes = maxBytes }

    /// Starts a task and waits for its answer, for so many seconds: the session's own time-outs are in whole ones.
    func result(of task: URLSessionDataTask, within timeout: Double) async throws -> HTTPFetch.Answer {
        try await withCheckedThrowingContinuation { continuation in
            state.withLockedValue { $0.continuation = continuation }
            task.resume()
            DispatchQueue.global().asyncAfter(deadline: .now() + timeout) {
                self.finish(.failure(HTTPFetchError("it did not answer in time")))
            }
        }
    }

    /// What comes after the bound ends the wait, and with it the task.
    func received(_ data: Data) {
        let isTooLong = state.withLockedValue { state in
            guard state.body.count + data.count <= maxBytes else { return true }
            state.body += data
            return false
        }
        if isTooLong { finish(.failure(HTTPFetchError("the answer has more than \(maxBytes) bytes"))) }
    }

    func completed(_ response: URLResponse?, _ error: (any Error)?) {
        if let error { return finish(.failure(HTTPFetchError(Self.words(error.localizedDescription)))) }
        guard let response = response as? HTTPURLResponse else {
            return finish(.failure(HTTPFetchError("it did not answer in HTTP")))
        }
        let fields = response.allHeaderFields.map { ("\($0.key)".lowercased(), "\($0.value)") }
        let body = state.withLockedValue { $0.body }
        finish(
            .success(
                HTTPFetch.Answer(
                    status: response.statusCode, fields: Dictionary(fields) { "\($0), \($1)" }, body: body)))
    }

    /// What went wrong, and where it is more than the network's mood, what to do.
    private static func words(_ text: String) -> String {
        let mark = "SSL certificate problem: "
        guard text.hasPrefix(mark) else { return text }
        return """
            its certificate is not one that this machine trusts (\(text.dropFirst(mark.count))); add its authority to \
            those of the system
            """
    }

    /// Only the first result counts.
    private func finish(_ result: Result<HTTPFetch.Answer, any Error>) {
        state.withLockedValue { $0.continuation.take() }?.resume(with: result)
    }
}
