// SPDX-License-Identifier: Apache-2.0
internal import Dispatch
internal import Foundation
internal import NIOConcurrencyHelpers

#if canImport(FoundationNetworking)
    internal import FoundationNetworking
#endif

/// One HTTP request to a server that we are told to trust: over TLS, or to this machine; with a deadline and a bound on the
/// answer; without cookies, caches or redirects.
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

    /// - Parameters:
    ///   - text: the address, `https://…`, or `http://…` of a loopback host.
    ///   - timeout: seconds for all of it.
    ///   - maxBytes: of the answer's body.
    package init(_ text: String, timeout: Double = 5, maxBytes: Int = 256 * 1024) throws(HTTPFetchError) {
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
    }

    /// Fetches, or with a body posts. The errors name the host, never what was sent.
    package func run(body: [UInt8]? = nil, fields: [(String, String)] = []) async throws(HTTPFetchError) -> Answer {
        var request = URLRequest(url: url, cachePolicy: .reloadIgnoringLocalCacheData, timeoutInterval: timeout + 1)
        request.httpMethod = body == nil ? "GET" : "POST"
        request.httpBody = body.map { Data($0) }
        for (name, value) in fields { request.setValue(value, forHTTPHeaderField: name) }
        let configuration = URLSessionConfiguration.ephemeral
        configuration.httpShouldSetCookies = false
        let reception = Reception(maxBytes: maxBytes)
        let session = URLSession(configuration: configuration, delegate: reception, delegateQueue: nil)
        defer { session.invalidateAndCancel() }
        let task = session.dataTask(with: request)
        do {
            return try await reception.result(of: task, within: timeout)
        } catch {
            throw HTTPFetchError("\(url.host ?? "The server") could not be asked: \(error)")
        }
    }
}

package struct HTTPFetchError: Error, Sendable, CustomStringConvertible {
    package var description: String

    init(_ description: String) { self.description = description }
}

/// Takes in one answer, up to its bound. Told by the session's queue, and by the clock.
private final class Reception: NSObject, URLSessionDataDelegate, Sendable {
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

    func urlSession(
        _ session: URLSession, task: URLSessionTask, willPerformHTTPRedirection response: HTTPURLResponse,
        newRequest request: URLRequest, completionHandler: @escaping @Sendable (URLRequest?) -> Void
    ) {
        completionHandler(nil)  // the redirect itself is the answer
    }

    func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
        let isTooLong = state.withLockedValue { state in
            guard state.body.count + data.count <= maxBytes else { return true }
            state.body += data
            return false
        }
        guard isTooLong else { return }
        finish(.failure(HTTPFetchError("the answer has more than \(maxBytes) bytes")))
        dataTask.cancel()
    }

    func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
        if let error { return finish(.failure(HTTPFetchError(error.localizedDescription))) }
        guard let response = task.response as? HTTPURLResponse else {
            return finish(.failure(HTTPFetchError("it did not answer in HTTP")))
        }
        let fields = response.allHeaderFields.map { ("\($0.key)".lowercased(), "\($0.value)") }
        let body = state.withLockedValue { $0.body }
        finish(
            .success(
                HTTPFetch.Answer(
                    status: response.statusCode, fields: Dictionary(fields) { "\($0), \($1)" }, body: body)))
    }

    /// Only the first result counts.
    private func finish(_ result: Result<HTTPFetch.Answer, any Error>) {
        state.withLockedValue { $0.continuation.take() }?.resume(with: result)
    }
}
