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

/**
 * Keeps the tiles of a grid at their best size.
 * @param {HTMLElement} grid @returns {() => void} the remover
 */
export function keepFitted(grid) {
  const fit = () => {
    const tiles = [...grid.children].filter((tile) => !(/** @type {HTMLElement} */ (tile).hidden));
    const style = getComputedStyle(grid);
    const width = grid.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
    const height = grid.clientHeight - parseFloat(style.paddingTop) - parseFloat(style.paddingBottom);
    const size = fitTiles(tiles.length, width, height, parseFloat(style.columnGap) || 0);
    grid.style.setProperty("--tile-width", `${size.width}px`);
    grid.style.setProperty("--tile-height", `${size.height}px`);
  };
  const resize = new ResizeObserver(fit);
  const change = new MutationObserver(fit);
  resize.observe(grid);
  change.observe(grid, { childList: true, attributes: true, attributeFilter: ["hidden"], subtree: true });
  return () => {
    resize.disconnect();
    change.disconnect();
  };
}
