// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0
import PackageDescription

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("ExistentialAny"),
    .treatAllWarnings(as: .error),
    // Debug builds, and so the tests, check that accesses to memory do not overlap; with SwiftNIO's, such
    // checks were 17 % of the instructions for an offer and 23 % of those for a candidate.
    .unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release)),
]

let nio = "swift-nio"

let package = Package(
    name: "parley",
    products: [
        .library(name: "ParleySocketIO", targets: ["ParleySocketIO"]),
        .library(name: "ParleySignaling", targets: ["ParleySignaling"]),
        .executable(name: "parley", targets: ["parley"]),
    ],
    dependencies: [
        // None for the configuration file: it is JSON, one flat object, which ParleyJSON reads.
        // Sockets, event loops, byte buffers, HTTP/1.1 decoding.
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        // Ordered objects in the public JSON value, double-ended queues.
        .package(url: "https://github.com/apple/swift-collections", from: "1.3.0"),
        // The command line.
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
        // Signatures of tokens and the keys that check them.
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
        // Levels and structure of the log.
        .package(url: "https://github.com/apple/swift-log", from: "1.12.0"),
    ],
    targets: [
        // Rung 0: system libraries.
        .systemLibrary(name: "CParleyOpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CParleyJansson", pkgConfig: "jansson", providers: [.apt(["libjansson-dev"])]),
        // A part of the C library that Swift's module of it leaves out.
        .systemLibrary(name: "CParleyEpoll"),
        .systemLibrary(name: "CParleyZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),

        // Rung 1: values and formats, no I/O.
        .target(
            name: "ParleyJSON",
            dependencies: [
                "CParleyJansson", .product(name: "NIOCore", package: nio),
                .product(name: "OrderedCollections", package: "swift-collections"),
            ], swiftSettings: settings),
        .target(
            name: "ParleyEngineIO", dependencies: [.product(name: "NIOCore", package: nio)], swiftSettings: settings),
        .target(name: "ParleyTLS", dependencies: ["CParleyOpenSSL"], swiftSettings: settings),

        // Rung 2: bytes in and out.
        .target(
            name: "ParleyTransport",
            dependencies: [
                "ParleyEngineIO", "ParleyJSON", "ParleyTLS", "CParleyEpoll", "CParleyZlib",
                .product(name: "NIOCore", package: nio),
                .product(name: "NIOHTTP1", package: nio), .product(name: "NIOConcurrencyHelpers", package: nio),
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "HeapModule", package: "swift-collections"),
            ], swiftSettings: settings),

        // Rung 3: a Socket.IO server, useful alone.
        .target(
            name: "ParleySocketIO",
            dependencies: [
                "ParleyTransport", "ParleyTLS", "ParleyEngineIO", "ParleyJSON",
                .product(name: "NIOCore", package: nio), .product(name: "NIOPosix", package: nio),
                .product(name: "DequeModule", package: "swift-collections"),
            ], swiftSettings: settings),

        // Rung 4: the product.
        .target(
            name: "ParleySignaling",
            dependencies: [
                "ParleySocketIO", "ParleyTransport", "ParleyTLS", "ParleyEngineIO", "ParleyJSON",
                .product(name: "NIOCore", package: nio), .product(name: "NIOPosix", package: nio),
                .product(name: "NIOConcurrencyHelpers", package: nio), .product(name: "NIOHTTP1", package: nio),
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "JWTKit", package: "jwt-kit"),
            ], swiftSettings: settings),

        // Rung 5: the executable.
        .executableTarget(
            name: "parley",
            dependencies: [
                "ParleySignaling", "ParleySocketIO", "ParleyTransport", "ParleyTLS", "ParleyEngineIO", "ParleyJSON",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: nio), .product(name: "NIOPosix", package: nio),
                .product(name: "NIOConcurrencyHelpers", package: nio),
            ], swiftSettings: settings),

        // What several test targets share.
        .target(
            name: "ParleyTestSupport", dependencies: ["ParleyTLS", "CParleyOpenSSL"], path: "Tests/ParleyTestSupport",
            swiftSettings: settings),
        .testTarget(
            name: "ParleyJSONTests",
            dependencies: ["ParleyJSON", "ParleyTestSupport", .product(name: "NIOCore", package: nio)],
            swiftSettings: settings),
        .testTarget(
            name: "ParleyEngineIOTests",
            dependencies: ["ParleyEngineIO", "ParleyTestSupport", .product(name: "NIOCore", package: nio)],
            swiftSettings: settings),
        .testTarget(
            name: "ParleyTLSTests", dependencies: ["ParleyTLS", "CParleyOpenSSL", "ParleyTestSupport"],
            swiftSettings: settings),
        .testTarget(
            name: "ParleyTransportTests",
            dependencies: [
                "ParleyTransport", "ParleyEngineIO", "ParleyTLS", "ParleyTestSupport", "CParleyEpoll", "CParleyOpenSSL",
                .product(name: "NIOCore", package: nio), .product(name: "NIOConcurrencyHelpers", package: nio),
                .product(name: "NIOEmbedded", package: nio), .product(name: "NIOHTTP1", package: nio),
            ], swiftSettings: settings),
        .testTarget(
            name: "ParleySocketIOTests",
            dependencies: [
                "ParleySocketIO", "ParleyTransport", "ParleyEngineIO", "ParleyJSON",
                .product(name: "NIOCore", package: nio), .product(name: "NIOPosix", package: nio),
                .product(name: "NIOHTTP1", package: nio), .product(name: "NIOWebSocket", package: nio),
                .product(name: "NIOConcurrencyHelpers", package: nio),
            ], swiftSettings: settings),
        .testTarget(name: "ParleyCommandTests", dependencies: ["parley"], swiftSettings: settings),
        .testTarget(
            name: "ParleySignalingTests",
            dependencies: [
                "ParleySignaling", "ParleyTransport", "ParleyEngineIO", "ParleyJSON", "ParleyTLS", "ParleyTestSupport",
                .product(name: "NIOCore", package: nio), .product(name: "NIOConcurrencyHelpers", package: nio),
            ], swiftSettings: settings),
    ]
)
