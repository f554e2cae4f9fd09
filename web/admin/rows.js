// SPDX-License-Identifier: Apache-2.0
// @ts-check
import { create } from "../app/dom.js";

/** As in admin.css. */
const HEIGHT = 48;
/** Rows above and below what is seen, for the keyboard and for quick fingers. */
const MARGIN = 8;

/**
 * A table of any length that has only the rows in its page that can be seen.
 * @template Item
 */
export class Rows {
  /** @type {Item[]} */
  #items = [];
  #table;
  #scroller;
  #body = create("tbody");
  #above = create("tr", { className: "space" }, create("td"));
  #below = create("tr", { className: "space" }, create("td"));
  /** @type {HTMLTableRowElement[]} */
  #rows = [];
  #columns;
  #fill;

  /**
   * @param {HTMLTableElement} table @param {string[]} columns their titles; a phone shows the first, the second and the last
   * @param {(cells: HTMLTableCellElement[], item: Item) => void} fill writes one row
   */
  constructor(table, columns, fill) {
    this.#table = table;
    this.#scroller = /** @type {HTMLElement} */ (table.parentElement);
    this.#columns = columns.length;
    this.#fill = fill;
    const head = columns.map((title) => create("th", { scope: "col", textContent: title }));
    this.#body.append(this.#above, this.#below);
    this.#above.ariaHidden = this.#below.ariaHidden = "true";
    table.append(create("thead", {}, create("tr", {}, ...head)), this.#body);
    this.#scroller.addEventListener("scroll", () => this.#draw(), { passive: true });
    new ResizeObserver(() => this.#draw()).observe(this.#scroller);
  }

  /** @param {Item[]} items */
  show(items) {
    this.#items = items;
    this.#table.ariaRowCount = String(items.length + 1);
    // What stands there then is in the page: `data-nothing`.
    this.#scroller.classList.toggle("empty-list", items.length === 0);
    this.#draw();
  }

  #draw() {
    const { scrollTop, clientHeight } = this.#scroller;
    if (clientHeight === 0) return; // another view is shown
    const wanted = Math.min(Math.ceil(clientHeight / HEIGHT) + 2 * MARGIN, this.#items.length);
    const first = Math.max(0, Math.min(Math.floor(scrollTop / HEIGHT) - MARGIN, this.#items.length - wanted));
    while (this.#rows.length > wanted) this.#rows.pop()?.remove();
    while (this.#rows.length < wanted) {
      const row = create("tr", {}, ...Array.from({ length: this.#columns }, () => create("td")));
      this.#rows.push(row);
      this.#below.before(row);
    }
    this.#above.firstChild.style.height = `${first * HEIGHT}px`;
    this.#below.firstChild.style.height = `${(this.#items.length - first - wanted) * HEIGHT}px`;
    this.#rows.forEach((row, index) => {
      row.ariaRowIndex = String(first + index + 2);
      this.#fill([...row.cells], this.#items[first + index]);
    });
  }
}

/**
 * Writes only what is another: a table that stands still costs nothing.
 * @param {Element} element @param {string | number} text
 */
export function write(element, text) {
  if (element.textContent !== String(text)) element.textContent = String(text);
}

/**
 * Lets what would be drawn at each event be drawn at most four times a second.
 * @param {() => void} draw @returns {() => void}
 */
export function calmly(draw) {
  let isDue = false;
  return () => {
    if (isDue) return;
    isDue = true;
    setTimeout(() => requestAnimationFrame(() => {
      isDue = false;
      draw();
    }), 250);
  };
}
