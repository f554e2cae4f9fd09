// SPDX-License-Identifier: Apache-2.0
// @ts-check
import { qrCode } from "../qr/code.js";
import { byId, toast } from "./dom.js";

/** Light modules around a code, without which it is not found. */
const QUIET = 4;

/** @param {string} link drawn for the camera of a phone; nothing where it is too long for a code */
function drawCode(link) {
  const rows = qrCode(link);
  byId("invite-code").toggleAttribute("hidden", !rows);
  byId("invite-hint").textContent = rows ? "Or point a phone’s camera at this code." : "The link is too long for a code.";
  if (!rows) return;
  const size = rows.length + 2 * QUIET;
  const squares = rows.flatMap((row, y) => row.flatMap((isDark, x) => isDark ? `M${x + QUIET} ${y + QUIET}h1v1h-1z` : []));
  byId("invite-code").setAttribute("viewBox", `0 0 ${size} ${size}`);
  byId("invite-path").setAttribute("d", squares.join(""));
}

/** @param {() => string} link of the room */
export function bindInvite(link) {
  byId("invite-open").addEventListener("click", () => {
    byId("invite-address").value = link();
    drawCode(link());
    byId("invite-dialog").showModal();
  });
  for (const button of document.querySelectorAll("[data-copy]")) {
    const label = button.querySelector("span") ?? button;
    const words = label.textContent;
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(link());
        toast("Invite link copied");
        label.textContent = "Copied";
        setTimeout(() => { label.textContent = words; }, 2500);
      } catch {
        // No clipboard for this page: the link can still be taken by hand.
        window.prompt("Copy this link:", link());
      }
    });
  }
}
