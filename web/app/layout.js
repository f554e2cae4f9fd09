// SPDX-License-Identifier: Apache-2.0
// @ts-check

const NARROWEST = 0.62;
const WIDEST = 16 / 9;

/**
 * The best tiles that let everyone into the box, all of one size: those that show most of a picture. Faces on a wide
 * screen come from wide pictures; on an upright one half of the others hold an upright phone too, so a square is the measure.
 * @param {number} count @param {number} width @param {number} height @param {number} gap
 */
export function fitTiles(count, width, height, gap) {
  const ideal = width > height ? 1.6 : 1;
  let best = { columns: 1, width: 0, height: 0 };
  let bestShown = 0;
  for (let columns = 1; columns <= count; columns++) {
    const rows = Math.ceil(count / columns);
    const cellWidth = (width - gap * (columns - 1)) / columns;
    const cellHeight = (height - gap * (rows - 1)) / rows;
    const aspect = Math.min(Math.max(cellWidth / cellHeight, NARROWEST), WIDEST);
    const tileWidth = Math.floor(Math.min(cellWidth, cellHeight * aspect));
    const tileHeight = Math.floor(Math.min(cellHeight, cellWidth / aspect));
    const shown = Math.min(tileWidth, tileHeight * ideal);
    if (tileHeight <= 0 || shown <= bestShown) continue;
    bestShown = shown;
    best = { columns, width: tileWidth, height: tileHeight };
  }
  return best;
}

/** What stands under a screen that somebody shares, as a part of the height. */
const STRIP = 0.22;

/** @param {HTMLElement} element @param {{width: number, height: number}} size */
function resize(element, { width, height }) {
  element.style.setProperty("--tile-width", `${width}px`);
  element.style.setProperty("--tile-height", `${height}px`);
}

/**
 * Keeps the tiles of a grid at their best size: all the same, or a shared screen as large as can be and the others in a strip.
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
    const strip = shared ? height * STRIP : height;
    resize(grid, fitTiles(tiles.length - (shared ? 1 : 0), width, strip, gap));
    for (const tile of tiles) {
      if (tile === shared) resize(tile, { width, height: height - strip - gap });
      else tile.removeAttribute("style");
    }
  };
  const box = new ResizeObserver(fit);
  const change = new MutationObserver(fit);
  box.observe(grid);
  change.observe(grid, { childList: true, attributes: true, attributeFilter: ["hidden", "data-screen"], subtree: true });
  return () => {
    box.disconnect();
    change.disconnect();
  };
}
