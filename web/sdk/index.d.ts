// SPDX-License-Identifier: Apache-2.0

type Listener<Args extends any[]> = (...args: Args) => void;
type Values<T> = T[keyof T];
type Unsubscribe = () => void;

export declare class Emitter<Events extends Record<string, any[]> = Record<string, any[]>> {
  /** Returns the function that removes the listener again. */
  on<E extends keyof Events & string>(event: E, listener: Listener<Events[E]>): Unsubscribe;
  once<E extends keyof Events & string>(event: E, listener: Listener<Events[E]>): Unsubscribe;
  emit<E extends keyof Events & string>(event: E, ...args: Events[E]): void;
}

export declare const SessionState: {
  readonly CONNECTING: "connecting"; readonly CONNECTED: "connected"; readonly RECONNECTING: "reconnecting"; readonly CLOSED: "closed";
};
export declare const RoomState: {
  readonly JOINING: "joining"; readonly JOINED: "joined"; readonly REJOINING: "rejoining"; readonly LEFT: "left";
};
export declare const PeerState: {
  readonly NEW: "new"; readonly CONNECTING: "connecting"; readonly CONNECTED: "connected"; readonly INTERRUPTED: "interrupted";
  readonly RESTARTING: "restarting"; readonly FAILED: "failed"; readonly CLOSED: "closed";
};
export declare const Presence: { readonly HERE: "here"; readonly AWAY: "away" };

/** Codes that arise in the browser; the server's own codes come through as they are. */
export declare const ErrorCode: {
  readonly TIMEOUT: "timeout"; readonly DISCONNECTED: "disconnected"; readonly CLOSED: "closed"; readonly UNREACHABLE: "unreachable";
  readonly GLARE: "glare"; readonly DESCRIPTION_FAILED: "description_failed"; readonly BAD_ANSWER: "bad_answer";
};

export declare class ParleyError extends Error {
  constructor(code: string, message: string, details?: { retryable?: boolean; retryAfterMs?: number; field?: string });
  readonly code: string;
  readonly retryable: boolean;
  readonly retryAfterMs?: number;
  readonly field?: string;
}

export interface Welcome {
  peerId: string;
  resumed: boolean;
  server: { name: string; version: string };
  protocol: number;
  resumeWindowMs: number;
  limits: Record<string, number>;
  features: string[];
  iceServers: RTCIceServer[];
  user?: unknown;
}

export interface ConnectOptions {
  /** A Socket.IO client, this server's or the official one; the page's global `io` if absent. */
  io?: (...args: any[]) => any;
  /** The server; where the page came from if absent. */
  url?: string;
  auth?: { token?: string; name?: string; metadata?: Record<string, unknown> };
  requestTimeoutMs?: number;
  /** Everything else goes to the Socket.IO client. */
  [option: string]: unknown;
}

export declare function connect(options?: ConnectOptions): Session;

export declare class Session extends Emitter<{
  state: [state: Values<typeof SessionState>, reason?: string];
  welcome: [welcome: Welcome];
  transport: [name: string | undefined];
  iceServers: [servers: RTCIceServer[]];
  problem: [error: ParleyError, event?: string];
}> {
  constructor(socket: any, requestTimeoutMs?: number);
  readonly socket: any;
  readonly state: Values<typeof SessionState>;
  readonly welcome?: Welcome;
  readonly iceServers: RTCIceServer[];
  readonly peerId?: string;
  readonly transport?: "polling" | "websocket";
  /** Resolves with the server's `{ok: true, …}`; rejects with a ParleyError. */
  request(event: string, payload?: unknown, options?: { timeoutMs?: number; apply?: (answer: any) => void }): Promise<any>;
  send(event: string, payload: unknown): void;
  join(room: string, options?: JoinOptions): Room;
  close(): void;
}

export interface JoinOptions {
  password?: string;
  metadata?: Record<string, unknown>;
  create?: boolean;
  settings?: Record<string, unknown>;
  message?: string;
}

export declare class Room extends Emitter<{
  state: [state: Values<typeof RoomState>, reason?: string];
  "peer:joined": [peer: Peer];
  "peer:left": [peer: Peer, reason: string];
  "peer:away": [peer: Peer];
  "peer:back": [peer: Peer];
  message: [data: any, peer: Peer | undefined];
  problem: [error: ParleyError];
}> {
  readonly id: string;
  readonly state: Values<typeof RoomState>;
  readonly peers: Map<string, Peer>;
  readonly self: any;
  readonly info: any;
  metadata: Record<string, unknown>;
  /** Settles with the first join. */
  readonly ready: Promise<this>;
  publish(kind: "audio" | "video", track: MediaStreamTrack | null): void;
  message(data: unknown, to?: string): void;
  leave(): Promise<void>;
}

export declare class Peer extends Emitter<{
  state: [state: Values<typeof PeerState>];
  track: [track: MediaStreamTrack];
  problem: [error: unknown];
}> {
  readonly id: string;
  readonly name?: string;
  readonly user?: unknown;
  readonly role?: string;
  readonly metadata: Record<string, any>;
  readonly presence: Values<typeof Presence>;
  readonly polite: boolean;
  readonly initiator: boolean;
  readonly state: Values<typeof PeerState>;
  readonly stream: MediaStream;
  readonly pc: RTCPeerConnection;
}

export declare class LocalMedia extends Emitter<{ change: [kind: "audio" | "video"] }> {
  readonly stream: MediaStream;
  /** Why a device is missing, in words. */
  readonly problems: { audio?: string; video?: string };
  explain(): string;
  track(kind: "audio" | "video"): MediaStreamTrack | null;
  isOn(kind: "audio" | "video"): boolean;
  /** Never fails: what could not be had is in `problems`. */
  open(wanted?: { audio?: boolean; video?: boolean }): Promise<this>;
  set(kind: "audio" | "video", isOn: boolean): Promise<this>;
  close(): void;
}
