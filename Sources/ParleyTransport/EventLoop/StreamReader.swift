// SPDX-License-Identifier: Apache-2.0

/// Takes a stream's bytes without a pipeline. On the stream's loop.
protocol StreamReader: AnyObject {
    /// Bytes came, in memory of the loop that may be changed until the method returns.
    func streamRead(_ bytes: UnsafeMutableRawBufferPointer)
    /// Little enough of what could not be sent at once is left.
    func streamBecameWritable()
    /// The stream is closed, by whichever side. Called once, last.
    func streamClosed()
}
