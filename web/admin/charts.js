// SPDX-License-Identifier: Apache-2.0
// @ts-check
import { byId, create } from "../app/dom.js";
import { write } from "./rows.js";
import { lineTitle, niceTop, shortNumber } from "./series.js";

const SPAN_MS = 600000;
const WIDTH = 300;
const HEIGHT = 100;

/** @param {string} tag @param {Record<string, string | number>} attributes */
function draw(tag, attributes) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  return element;
}

/**
 * A chart for each line.
 * @param {import("./series.js").Series} series @returns {() => void} draws them as they are now
 */
export function bindCharts(series) {
  /** @type {Map<string, (line: {at: number, value: number}[]) => void>} */
  const charts = new Map();
  return () => {
    for (const [name, line] of series.lines) {
      if (!charts.has(name)) charts.set(name, chart(lineTitle(name)));
      charts.get(name)?.(line);
    }
  };
}

/** @param {string} title */
function chart(title) {
  const svg = draw("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", role: "img" });
  const area = draw("path", { class: "area" });
  const path = draw("path", { class: "line" });
  svg.append(...[0, 50].map((y) => draw("line", { x1: 0, x2: WIDTH, y1: y, y2: y, class: "grid" })), area, path);
  const value = create("b");
  const top = create("span", { className: "top" });
  byId("charts").append(create("figure", { className: "card chart" }, create("figcaption", {}, title, value),
    create("div", { className: "plot" }, svg, top), create("p", { className: "axis" }, create("span", { textContent: "10 min ago" }), create("span", { textContent: "now" }))));
  return (/** @type {{at: number, value: number}[]} */ line) => {
    const now = line.at(-1);
    if (!now) return;
    const high = Math.max(...line.map((point) => point.value));
    const limit = niceTop(high);
    const points = line.map((point) => `${(WIDTH - ((now.at - point.at) / SPAN_MS) * WIDTH).toFixed(1)} ${(HEIGHT - (point.value / limit) * HEIGHT).toFixed(1)}`);
    path.setAttribute("d", `M${points.join("L")}`);
    area.setAttribute("d", `M${points[0].split(" ")[0]} ${HEIGHT}L${points.join("L")}L${WIDTH} ${HEIGHT}Z`);
    svg.setAttribute("aria-label", `${title}: now ${shortNumber(now.value)}, at most ${shortNumber(high)} in the last ten minutes`);
    write(value, shortNumber(now.value));
    write(top, shortNumber(limit));
  };
}
