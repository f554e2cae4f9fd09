// SPDX-License-Identifier: Apache-2.0
// @ts-check

/** Keys press the button that names them in its `aria-keyshortcuts`, in a call and not while somebody types. */
export function bindShortcuts() {
  document.addEventListener("keydown", (event) => {
    const isElsewhere = event.target instanceof Element && event.target.closest("input, textarea, select, dialog, [contenteditable]");
    const isModified = event.repeat || event.ctrlKey || event.metaKey || event.altKey;
    if (isElsewhere || isModified || document.body.dataset.view !== "call") return;
    const buttons = /** @type {NodeListOf<HTMLButtonElement>} */ (document.querySelectorAll("[aria-keyshortcuts]"));
    const button = [...buttons].find((one) => !one.hidden && one.getAttribute("aria-keyshortcuts")?.toLowerCase() === event.key.toLowerCase());
    if (!button) return;
    // A key that opens a field is not to be typed into it.
    event.preventDefault();
    button.click();
  });
}
