// SPDX-License-Identifier: Apache-2.0
// The server's assembly rule for the client files, once more and independently; see web/README.md.
import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";

export const clientFolder = resolve(dirname(fileURLToPath(import.meta.url)), "../../web/socket.io");

/** @returns {{path: string, text: string}[]} depth first, each module once */
export function modules(path = resolve(clientFolder, "index.js"), seen = new Set()) {
  if (seen.has(path)) return [];
  seen.add(path);
  const text = readFileSync(path, "utf8");
  const imports = [...text.matchAll(/^import .* from "(\.\/[^"]+)";$/gm)].map((match) => resolve(dirname(path), match[1]));
  return [...imports.flatMap((one) => modules(one, seen)), { path, text }];
}

/** @param {string} text */
export function strip(text) {
  return text
    .replace(/^[ \t]*\/\*\*[^]*?\*\/[ \t]*\n/gm, "")
    .split("\n")
    .filter((line) => !/^(import |export \{|\s*\/\/)/.test(line))
    .map((line) => line.replace(/^export |^\s+/, ""))
    .filter(Boolean)
    .join("\n");
}

export const body = () => modules().map(({ text }) => strip(text)).join("\n");
export const classic = () => `(() => {\n"use strict";\n${body()}\nglobalThis.io = io;\n})();\n`;
export const esm = () => `${body()}\nexport { io, Manager, Socket, protocol, io as connect, io as default };\n`;
