// SPDX-License-Identifier: Apache-2.0
// @ts-check
import { ParleyError } from "./errors.js";
import { Line } from "./line.js";
import { bindCalls } from "./ringing.js";
import { Room } from "./room.js";

/**
 * One page's line to the server. Events: `state` (state, reason, code), `welcome` (welcome), `transport` (name), `iceServers` (servers),
 * `call` (call), `network` (it may be another one), `draining` ({reason, inMs}: the server is about to go down),
 * `notice` ({text, at, room}: a word of whoever runs the server), `problem` (error).
 */
export class Session extends Line {
  /** @type {any} what the server last said of itself and of us */
  welcome;
  /** @type {RTCIceServer[]} */
  iceServers = [];
  #askToken;

  /**
   * @param {any} socket a Socket.IO socket @param {number} [requestTimeoutMs]
   * @param {() => string | Promise<string>} [askToken] asked at each connect, and before the token expires
   */
  constructor(socket, requestTimeoutMs, askToken) {
    super(socket, requestTimeoutMs);
    /**
     * Lets the devices of somebody ring: of a user, or of a peer by its id.
     * @type {(to: string, options?: {media?: any, metadata?: any, timeoutMs?: number}) => Promise<import("./ringing.js").Call>}
     */
    this.call = bindCalls(this);
    this.#askToken = askToken;
    // A refused token is asked for anew once, until the server welcomes us.
    let isRenewed = false;
    /** @type {Record<string, (news: any) => any>} */
    const listeners = {
      welcome: (welcome) => {
        // Seats of the page that was here before a reload: its connections are gone, so that others must begin anew with us.
        if (!this.welcome) welcome.rooms?.forEach((/** @type {string} */ room) => socket.emit("leave", { room }));
        this.welcome = welcome;
        isRenewed = false;
        listeners["ice:servers"](welcome);
        this._become("connected");
        this.emit("welcome", welcome);
      },
      disconnect: (reason) => this._become(socket.active ? "reconnecting" : "closed", reason),
      connect_error: ({ message, data }) => {
        const error = ParleyError.from({ code: "unreachable", message, retryable: true, ...data });
        if (error.code === "auth_expired" && askToken && !isRenewed) {
          isRenewed = true;
          return socket.connect();
        }
        this.emit("problem", error);
        if (socket.active) return;
        if (!error.retryable) return this._become("closed", error.message, error.code);
        setTimeout(() => this.state !== "closed" && socket.connect(), error.retryAfterMs ?? 5000);
      },
      // A token that was given as such cannot be renewed: the server will say what becomes of it.
      "auth:expiring": async () => {
        const shown = await this.credentials();
        if (shown) this.insist("auth:refresh", shown).catch((error) => this.emit("problem", error, "auth:refresh"));
      },
      "server:draining": (news) => this.emit("draining", news),
      notice: (news) => this.emit("notice", news),
      "ice:servers": ({ iceServers }) => iceServers && this.emit("iceServers", this.iceServers = iceServers),
      error: ({ error, event }) => this.emit("problem", ParleyError.from(error), event),
    };
    for (const event in listeners) socket.on(event, listeners[event]);
  }

  /** @returns {string | undefined} our own id in every room; it survives a resumed connection */
  get peerId() {
    return this.welcome?.peerId;
  }

  /** @returns {string | undefined} "polling" or "websocket": the last one, where there is none just now */
  get transport() {
    return this.socket.io.engine?.transport?.name;
  }

  /** @returns {Promise<{token: string} | undefined>} what the server is shown; nothing where there is no token to be had */
  async credentials() {
    try {
      const token = await this.#askToken?.();
      return token ? { token } : undefined;
    } catch (error) {
      this.emit("problem", new ParleyError("no_token", String(error)));
    }
  }

  /** @returns {Promise<void>} with the next welcome, or at once; also when there will be none */
  async whenConnected() {
    while (this.state !== "connected" && this.state !== "closed") {
      await new Promise((resolve) => this.once("state", resolve));
    }
  }

  /**
   * @param {string} room its id @param {Record<string, any>} [options] password, metadata, create, settings, message, onPassword, videoBudget
   * @returns {Room} at once, in state `joining`; await its `ready`
   */
  join(room, options) {
    return new Room(this, room, options);
  }

  close() {
    this._become("closed", "closed by this page");
    this.socket.disconnect();
  }

}
