// SPDX-License-Identifier: Apache-2.0
// @ts-check
import { byId } from "./dom.js";

/** The buttons that only close the dialog they stand in, or only open one. */
export function bindDialogs() {
  for (const button of document.querySelectorAll("dialog [data-close]")) {
    button.addEventListener("click", () => button.closest("dialog")?.close());
  }
  byId("help-open").addEventListener("click", () => byId("help-dialog").showModal());
}

/** @returns {(error: {code: string, message: string}) => Promise<string>} asks for a room's password, and says so if it was wrong */
export function passwordAsker() {
  let isAgain = false;
  return ({ code, message }) => {
    const problem = code === "rate_limited" ? message : isAgain ? "That was not the password." : "";
    isAgain = true;
    return askPassword(problem);
  };
}

/**
 * @param {string} problem what was wrong with the last one, if there was one
 * @returns {Promise<string>} empty where somebody would rather not
 */
function askPassword(problem) {
  const dialog = byId("password-dialog");
  const input = byId("password");
  const form = byId("password-form");
  input.value = "";
  byId("password-problem").textContent = problem;
  dialog.returnValue = "";
  dialog.showModal();
  input.focus();
  return new Promise((resolve) => {
    let answer = "";
    const submit = () => { answer = input.value; };
    form.addEventListener("submit", submit);
    dialog.addEventListener("close", () => {
      form.removeEventListener("submit", submit);
      resolve(answer);
    }, { once: true });
  });
}
