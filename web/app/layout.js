// SPDX-License-Identifier: Apache-2.0
// @ts-check

const NARROWEST = 9 / 16;
const WIDEST = 16 / 9;

/**
 * The best tiles that let everyone into the box, all of one size: those that show most of a picture. Faces on a wide
 * screen come from wide pictures; on an upright one half of the others hold an upright phone too, so a square is the measure.
 * @param {number} count @param {number} width @param {number} height @param {number} gap @param {number} [narrowest] width of a tile by its height
 */
export function fitTiles(count, width, height, gap, narrowest = NARROWEST) {
  const ideal = width > height ? 1.6 : 1;
  let best = { columns: 1, width: 0, height: 0 };
  let bestShown = 0;
  for (let columns = 1; columns <= count; columns++) {
    const rows = Math.ceil(count / columns);
    const cellWidth = (width - gap * (columns - 1)) / columns;
    const cellHeight = (height - gap * (rows - 1)) / rows;
    const aspect = Math.min(Math.max(cellWidth / cellHeight, narrowest), WIDEST);
    const tileWidth = Math.floor(Math.min(cellWidth, cellHeight * aspect));
    const tileHeight = Math.floor(Math.min(cellHeight, cellWidth / aspect));
    const shown = Math.min(tileWidth, tileHeight * ideal);
    if (tileHeight <= 0 || shown <= bestShown) continue;
    bestShown = shown;
    best = { columns, width: tileWidth, height: tileHeight };
  }
  return best;
}

/** What is kept beside or under a screen for the others, as a part of the width or the height. */
const STRIP = 0.22;

/**
 * A screen that somebody shares as large as can be, and the others in a strip: beside it or under it, where the screen is larger.
 * @param {number} count of the others @param {number} width @param {number} height @param {number} gap
 * @param {number} aspect of the screen
 */
export function fitScreen(count, width, height, gap, aspect) {
  const beside = Math.min(width * (1 - STRIP) - gap, height * aspect);
  const above = Math.min(width, (height * (1 - STRIP) - gap) * aspect);
  const isBeside = beside > above;
  // What the screen leaves over is the others'.
  const screen = isBeside ? { width: Math.floor(beside), height } : { width, height: Math.floor(above / aspect) };
  const strip = isBeside ? { width: width - gap - screen.width, height } : { width, height: height - gap - screen.height };
  return { isBeside, screen, others: fitTiles(count, strip.width, strip.height, gap, 1) };
}

/** @param {HTMLElement} element @param {{width: number, height: number}} size */
function resize(element, { width, height }) {
  element.style.setProperty("--tile-width", `${width}px`);
  element.style.setProperty("--tile-height", `${height}px`);
}

/**
 * Keeps the tiles of a grid at their best size: all the same, or a shared screen with the others in a strip.
 * @param {HTMLElement} grid @returns {() => void} the remover
 */
export function keepFitted(grid) {
  const fit = () => {
    const tiles = /** @type {HTMLElement[]} */ ([...grid.children]).filter((tile) => !tile.hidden);
    const style = getComputedStyle(grid);
    const width = grid.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
    const height = grid.clientHeight - parseFloat(style.paddingTop) - parseFloat(style.paddingBottom);
    const gap = parseFloat(style.columnGap) || 0;
    // Our own screen we have before us anyway.
    const shared = tiles.find(({ dataset, classList }) => dataset.screen === "on" && !classList.contains("self"));
    for (const tile of tiles) if (tile !== shared) tile.removeAttribute("style");
    grid.classList.toggle("beside", false);
    if (!shared) return resize(grid, fitTiles(tiles.length, width, height, gap));
    const { videoWidth = 0, videoHeight = 0 } = shared.querySelector("video") ?? {};
    const { isBeside, screen, others } = fitScreen(tiles.length - 1, width, height, gap, videoWidth / videoHeight || WIDEST);
    grid.classList.toggle("beside", isBeside);
    resize(grid, others);
    resize(shared, screen);
  };
  const box = new ResizeObserver(fit);
  const change = new MutationObserver(fit);
  box.observe(grid);
  change.observe(grid, { childList: true, attributes: true, attributeFilter: ["hidden", "data-screen"], subtree: true });
  // A picture of another shape; the event does not bubble.
  grid.addEventListener("resize", fit, true);
  return () => {
    box.disconnect();
    change.disconnect();
    grid.removeEventListener("resize", fit, true);
  };
}
