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
  readonly JOINING: "joining"; readonly WAITING: "waiting"; readonly JOINED: "joined"; readonly REJOINING: "rejoining"; readonly LEFT: "left";
};
export declare const PeerState: {
  readonly NEW: "new"; readonly CONNECTING: "connecting"; readonly CONNECTED: "connected"; readonly INTERRUPTED: "interrupted";
  readonly RESTARTING: "restarting"; readonly FAILED: "failed"; readonly CLOSED: "closed";
};
export declare const ReceiptState: {
  readonly SENT: "sent"; readonly QUEUED: "queued"; readonly DELIVERED: "delivered"; readonly APPLIED: "applied"; readonly FAILED: "failed";
};
export declare const CallState: {
  readonly RINGING: "ringing"; readonly ACCEPTED: "accepted"; readonly DECLINED: "declined"; readonly CANCELLED: "cancelled";
  readonly TIMEOUT: "timeout"; readonly BUSY: "busy"; readonly UNREACHABLE: "unreachable"; readonly ELSEWHERE: "elsewhere"; readonly ENDED: "ended";
};
export declare const Presence: { readonly HERE: "here"; readonly AWAY: "away" };

/** Codes that arise in the browser; the server's own codes come through as they are. */
export declare const ErrorCode: {
  readonly TIMEOUT: "timeout"; readonly DISCONNECTED: "disconnected"; readonly CLOSED: "closed"; readonly EXPIRED: "expired";
  readonly UNREACHABLE: "unreachable"; readonly NO_TOKEN: "no_token"; readonly UNSUPPORTED: "unsupported"; readonly GLARE: "glare"; readonly DESCRIPTION_FAILED: "description_failed"; readonly BAD_ANSWER: "bad_answer";
};

/** What the server refuses has its words as `message`; what fails in the browser mostly has its code there: the page has the words. */
export declare class ParleyError extends Error {
  constructor(code?: string, message?: string, details?: { retryable?: boolean; retryAfterMs?: number; field?: string });
  readonly code: string;
  readonly retryable: boolean;
  readonly retryAfterMs?: number;
  readonly field?: string;
  /** Of the `error` of an ack, or the `data` of a refused connection. */
  static from(error?: { code?: string; message?: string; retryable?: boolean; retryAfterMs?: number; field?: string }): ParleyError;
}

export interface Welcome {
  peerId: string;
  /** What a page shows to come back as the same peer. */
  pid?: string;
  resumed: boolean;
  /** After a resume: the rooms the peer is still in. */
  rooms?: string[];
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
  auth?: { token?: string; user?: string; name?: string; metadata?: Record<string, unknown> };
  /** A function is asked anew at each connect, and a while before the token expires. */
  token?: string | (() => string | Promise<string>);
  requestTimeoutMs?: number;
  /** Whether a page that was reloaded without a goodbye takes its own seat again. Default true. */
  remember?: boolean;
  /** Everything else goes to the Socket.IO client. */
  [option: string]: unknown;
}

export declare function connect(options?: ConnectOptions): Session;

export declare class Session extends Emitter<{
  state: [state: Values<typeof SessionState>, reason?: string, code?: string];
  call: [call: Call];
  /** The page's network may be another one. */
  network: [];
  /** The server is about to go down. */
  draining: [news: { reason: string; inMs?: number }];
  /** A word of whoever runs the server. */
  notice: [news: { text: string; at: number; room?: string }];
  welcome: [welcome: Welcome];
  iceServers: [servers: RTCIceServer[]];
  problem: [error: ParleyError, event?: string];
}> {
  constructor(socket: any, requestTimeoutMs?: number, askToken?: () => string | Promise<string>);
  readonly socket: any;
  readonly state: Values<typeof SessionState>;
  readonly welcome?: Welcome;
  readonly iceServers: RTCIceServer[];
  readonly peerId?: string;
  /** The last one, where there is none just now. */
  readonly transport?: "polling" | "websocket";
  /** Resolves with the server's `{ok: true, …}`; rejects with a ParleyError. */
  request(event: string, payload?: unknown, options?: { timeoutMs?: number; apply?: (answer: any) => void }): Promise<any>;
  /** The same, again and again while only the line is at fault: for what may be done twice. */
  insist(event: string, payload?: unknown): Promise<any>;
  /** What the server is shown; nothing where there is no token to be had. */
  credentials(): Promise<{ token: string } | undefined>;
  /** Settles with the next welcome, or when there will be none. */
  whenConnected(): Promise<void>;
  join(room: string, options?: JoinOptions): Room;
  /** Lets all devices of a user, or one peer, ring. */
  call(to: string, options?: { media?: unknown; metadata?: unknown; timeoutMs?: number }): Promise<Call>;
  close(): void;
}

export interface RoomSettings {
  capacity?: number;
  locked?: boolean;
  /** Empty or null takes it away. What the server tells is only whether there is one. */
  password?: string | null;
  lobby?: boolean;
  public?: boolean;
  emptyTimeoutMs?: number;
}

export interface JoinOptions {
  password?: string;
  /** Asked when the room wants a password, or another one; nothing gives up. */
  onPassword?: (error: ParleyError) => Promise<string | undefined> | string | undefined;
  metadata?: Record<string, unknown>;
  create?: boolean;
  settings?: RoomSettings & { metadata?: Record<string, unknown> };
  /** Shown to those who may let us in. */
  message?: string;
  /** Bits per second of our video to all peers together, shared evenly; 0 leaves it to the browser. Default 3 000 000. */
  videoBudget?: number;
}

export type Role = "owner" | "moderator" | "member";
export interface Knock { peerId: string; name?: string; user?: string; message?: string }

/** What a moderator wants of this page; answer within four seconds. */
export interface ModerationRequest { action: string; by?: string; reason?: string; answer(done: boolean): void }

export declare class Room extends Emitter<{
  /** With `left`: why, in words and as a code. */
  state: [state: Values<typeof RoomState>, reason?: string, code?: string];
  "peer:joined": [peer: Peer];
  "peer:left": [peer: Peer, reason: string];
  "peer:away": [peer: Peer];
  "peer:back": [peer: Peer];
  "peer:updated": [peer: Peer];
  updated: [info: any];
  self: [seat: any];
  knocks: [knock?: Knock];
  moderated: [request: ModerationRequest];
  message: [data: any, peer: Peer | undefined];
  /** A peer has opened a channel. */
  channel: [channel: RTCDataChannel, peer: Peer];
  /** Whether our screen is shared. */
  sharing: [isOn: boolean];
  problem: [error: ParleyError];
}> {
  readonly id: string;
  readonly session: Session;
  readonly state: Values<typeof RoomState>;
  readonly peers: Map<string, Peer>;
  readonly knocks: Map<string, Knock>;
  readonly self: any;
  readonly info: any;
  readonly metadata: Record<string, any>;
  /** Our place in the lobby when we came to it, from 1. */
  readonly position: number;
  /** Settles when the room, or its lobby, has been entered. */
  readonly ready: Promise<this>;
  /** What we share in place of the camera. */
  readonly screen?: MediaStream;
  /** Changes what every peer gets; those who get that kind already get the other track without a new negotiation. */
  publish(kind: "audio" | "video", track: MediaStreamTrack | null): void;
  /** Sends what the devices give, whichever they are, and says in the metadata `audio` and `video` what is on. */
  follow(media: LocalMedia): void;
  /**
   * Shares a stream of the page's own, or, without one, what people choose; the metadata `screen` says so to the others.
   * Rejects as `getDisplayMedia` does where nothing is chosen, and with `unsupported` where there is no such thing.
   */
  shareScreen(stream?: MediaStream): Promise<MediaStream>;
  /** Ends the tracks of what was shared, and sends the camera again. */
  stopSharing(): void;
  update(set: Record<string, unknown>, remove?: string[]): Promise<any>;
  updateRoom(settings: RoomSettings, metadata?: Record<string, unknown>): Promise<any>;
  admit(peerId?: string): Promise<{ admitted: string[] }>;
  deny(peerId?: string, reason?: string): Promise<any>;
  moderate(action: "kick" | "ban" | "unban" | "mute" | "stop_video" | "lower_hand" | "lobby" | "role", peerId: string,
    options?: { reason?: string; durationMs?: number; role?: Role; by?: ("user" | "peer" | "address")[] }): Promise<{ peerId: string; status: string }[]>;
  message(data: unknown, to?: string): Promise<any>;
  leave(): Promise<void>;
}

/** What is known of the way of one offer or answer. */
export interface Receipt {
  readonly type: RTCSdpType;
  readonly mid: string;
  readonly state: Values<typeof ReceiptState>;
  readonly code?: string;
  readonly message?: string;
}

export declare class Peer extends Emitter<{
  state: [state: Values<typeof PeerState>];
  track: [track: MediaStreamTrack];
  channel: [channel: RTCDataChannel];
  receipt: [receipt: Receipt];
  update: [];
  /** What the other side sent with `signal`. */
  signal: [data: unknown];
  hangup: [reason?: string];
  /** Of the browser. */
  problem: [error: any];
}> {
  readonly id: string;
  readonly name?: string;
  readonly user?: string;
  readonly role?: Role;
  readonly metadata: Record<string, any>;
  readonly presence: Values<typeof Presence>;
  readonly polite: boolean;
  readonly initiator: boolean;
  readonly state: Values<typeof PeerState>;
  /** Of the last description that went to them. */
  readonly receipt?: Receipt;
  readonly stream: MediaStream;
  readonly pc: RTCPeerConnection;
  /** Opens a channel for data, at once or with the first offer; the other side hears of it by `channel`. */
  channel(label: string, options?: RTCDataChannelInit): RTCDataChannel;
  /** Hands data to the other page, if both have a line; nobody is told whether it arrived. */
  signal(data: unknown): void;
  /** Lets the server know what the page has found out about this pair; it goes along with each report of its health. */
  report(findings?: { verdict?: string; candidates?: Record<string, number>; remoteCandidates?: Record<string, number> }): void;
  /** Asks them for an offer. */
  renegotiate(options?: { iceRestart?: boolean; reason?: string }): Promise<any>;
  /** Ends the media of this pair; both stay in the room. */
  hangup(reason?: string): Promise<any>;
}

export declare class Call extends Emitter<{ state: [state: Values<typeof CallState>, news: any] }> {
  readonly id: string;
  readonly isIncoming: boolean;
  readonly state: Values<typeof CallState>;
  /** What the server said of it: of an incoming one from, name, user, media, metadata, expiresAt. */
  readonly info: any;
  /** Of two, once accepted. */
  readonly room?: Room;
  accept(): Promise<Room>;
  decline(reason?: string): Promise<void>;
  cancel(reason?: string): Promise<void>;
  end(reason?: string): Promise<void>;
}

export declare class LocalMedia extends Emitter<{
  change: [kind: "audio" | "video"];
  /** There are other devices to choose from than before. */
  devices: [];
}> {
  readonly stream: MediaStream;
  /** Why a device is missing: the name of the browser's error, or `InsecureContext`, or `Ended` for one that was unplugged. */
  readonly problems: { audio?: string; video?: string };
  track(kind: "audio" | "video"): MediaStreamTrack | null;
  isOn(kind: "audio" | "video"): boolean;
  /** Never fails: what could not be had is in `problems`. */
  open(wanted?: { audio?: boolean; video?: boolean }): Promise<this>;
  set(kind: "audio" | "video", isOn: boolean): Promise<this>;
  /** Microphones or cameras; the one in use is `track(kind).getSettings().deviceId`. */
  devices(kind: "audio" | "video"): Promise<MediaDeviceInfo[]>;
  /** Takes another device from now on: one that is off stays off. False where it cannot be had; `problems` says why. */
  use(kind: "audio" | "video", deviceId: string): Promise<boolean>;
  close(): void;
}
