// SPDX-License-Identifier: Apache-2.0

type Listener = (...args: any[]) => any;

declare class Emitter {
  on(event: string, listener: Listener): this;
  once(event: string, listener: Listener): this;
  off(event?: string, listener?: Listener): this;
  addEventListener(event: string, listener: Listener): this;
  removeListener(event?: string, listener?: Listener): this;
  removeEventListener(event?: string, listener?: Listener): this;
  removeAllListeners(event?: string): this;
  listeners(event: string): Listener[];
  hasListeners(event: string): boolean;
}

export type TransportName = "polling" | "websocket";

export interface ManagerOptions {
  /** Where the server listens. Default `/socket.io`. */
  path?: string;
  addTrailingSlash?: boolean;
  /** The first one is tried first; polling moves on to WebSocket. Default `["polling", "websocket"]`. */
  transports?: TransportName[];
  upgrade?: boolean;
  /** Where the first transport does not get through, the next one is tried. */
  tryAllTransports?: boolean;
  /** Options for one transport only. */
  transportOptions?: Partial<Record<TransportName, ManagerOptions>>;
  /** Whether requests carry a time stamp against caches. By default those of polling do. */
  timestampRequests?: boolean;
  /** Its name. Default `t`. */
  timestampParam?: string;
  /** Begin with a WebSocket if an upgrade has worked on this page before. */
  rememberUpgrade?: boolean;
  query?: Record<string, any> | string;
  /** Polling only: a browser cannot set headers on a WebSocket. */
  extraHeaders?: Record<string, string>;
  withCredentials?: boolean;
  protocols?: string | string[];
  closeOnBeforeunload?: boolean;
  autoConnect?: boolean;
  reconnection?: boolean;
  reconnectionAttempts?: number;
  /** Milliseconds before the first attempt; doubled for each one after it. Default 1000. */
  reconnectionDelay?: number;
  reconnectionDelayMax?: number;
  randomizationFactor?: number;
  /** Milliseconds a connection attempt may take. Default 20000. */
  timeout?: number | false;
}

export type Auth = Record<string, any> | ((send: (auth: Record<string, any>) => void) => void);

export interface SocketOptions {
  auth?: Auth;
  /** Send each event until it is acknowledged, at most this many times more. */
  retries?: number;
  /** Milliseconds after which an ack counts as failed, for every event. */
  ackTimeout?: number;
}

export interface Options extends ManagerOptions, SocketOptions {
  forceNew?: boolean;
  multiplex?: boolean;
}

export type DisconnectReason =
  | "io server disconnect" | "io client disconnect" | "ping timeout" | "transport close" | "transport error" | "parse error" | "forced close";

export interface ConnectError extends Error {
  /** What the server said, where it was the server that refused. */
  data?: any;
  type?: "TransportError";
  description?: any;
}

/** One Engine.IO connection. Events: `open`, `packet`, `packetCreate`, `data`, `ping`, `upgrading`, `upgrade`, `upgradeError`, `drain`, `error`, `close`. */
export interface Engine extends Emitter {
  readonly id: string;
  readonly readyState: "opening" | "open" | "closing" | "closed";
  readonly transport: { readonly name: TransportName; readonly writable: boolean; readonly ws?: WebSocket };
  close(): void;
}

export class Manager extends Emitter {
  constructor(uri?: string, opts?: ManagerOptions);
  constructor(opts?: ManagerOptions);
  readonly uri: string;
  readonly opts: ManagerOptions;
  readonly nsps: Record<string, Socket>;
  readonly engine: Engine | undefined;
  socket(nsp: string, opts?: SocketOptions): Socket;
  open(done?: (error?: Error) => void): this;
  connect(done?: (error?: Error) => void): this;
  /** Ends the connection of all namespaces, and the efforts to bring it back. */
  disconnect(): void;
  reconnection(): boolean;
  reconnection(value: boolean): this;
  reconnectionAttempts(): number;
  reconnectionAttempts(value: number): this;
  reconnectionDelay(): number;
  reconnectionDelay(value: number): this;
  reconnectionDelayMax(): number;
  reconnectionDelayMax(value: number): this;
  randomizationFactor(): number;
  randomizationFactor(value: number): this;
  timeout(): number | false;
  timeout(value: number | false): this;
  on(event: "open" | "ping" | "reconnect_failed", listener: () => void): this;
  on(event: "error" | "reconnect_error", listener: (error: Error) => void): this;
  on(event: "close", listener: (reason: DisconnectReason, description?: any) => void): this;
  on(event: "reconnect" | "reconnect_attempt", listener: (attempt: number) => void): this;
  on(event: string, listener: Listener): this;
}

export class Socket extends Emitter {
  readonly io: Manager;
  readonly nsp: string;
  readonly id: string | undefined;
  readonly connected: boolean;
  readonly disconnected: boolean;
  /** The server has restored the session of the connection before. */
  readonly recovered: boolean;
  /** Connected, or going to be without another `connect()`. */
  readonly active: boolean;
  auth: Auth | undefined;
  /** The next event is dropped if it cannot be sent at once. */
  readonly volatile: this;
  compress(compress: boolean): this;
  /** The ack of the next event gets an error first: null, or a time-out after this many milliseconds. */
  timeout(milliseconds: number): this;
  connect(): this;
  open(): this;
  disconnect(): this;
  close(): this;
  send(...args: any[]): this;
  emit(event: string, ...args: any[]): this;
  emitWithAck(event: string, ...args: any[]): Promise<any>;
  on(event: "connect", listener: () => void): this;
  on(event: "connect_error", listener: (error: ConnectError) => void): this;
  on(event: "disconnect", listener: (reason: DisconnectReason, description?: any) => void): this;
  on(event: string, listener: Listener): this;
  onAny(listener: (event: string, ...args: any[]) => void): this;
  prependAny(listener: (event: string, ...args: any[]) => void): this;
  offAny(listener?: Listener): this;
  listenersAny(): Listener[];
  onAnyOutgoing(listener: (event: string, ...args: any[]) => void): this;
  prependAnyOutgoing(listener: (event: string, ...args: any[]) => void): this;
  offAnyOutgoing(listener?: Listener): this;
  listenersAnyOutgoing(): Listener[];
}

export const protocol: 5;

export interface Io {
  (uri: string, opts?: Options): Socket;
  (opts?: Options): Socket;
  connect: Io;
  io: Io;
  Manager: typeof Manager;
  Socket: typeof Socket;
  protocol: 5;
}

export const io: Io;
export { io as connect };
