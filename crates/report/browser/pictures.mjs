// Pictures of the page for readers who only browse: node pictures.mjs FOLDER
// with the page's path in LANES_PAGE.
import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { addressOf, launch, unrolled, visit } from "./chromium.mjs";

const [folder] = process.argv.slice(2);
const page = process.env.LANES_PAGE;
if (!folder || !page) {
  console.error("usage: LANES_PAGE=PAGE node pictures.mjs FOLDER");
  process.exit(2);
}

const SHOTS = [
  {
    name: "matrix",
    place: "#matrix?size=quick&w=2",
    selector: ".sheet.shown table",
    width: 1260,
  },
  {
    name: "source",
    place: "#fetch?m=tokio,rayon,threads",
    selector: ".shown .siblings",
    width: 1500,
  },
  {
    name: "timelines",
    place: "#subtasks?m=sequential,threads,tokio,gil",
    selector: ".shown .lanes-box",
    width: 940,
    // All models on one picture would be too small to read.
    act: (page) => page.locator(".shown .timelines input[name=chosen]").click(),
  },
];

mkdirSync(folder, { recursive: true });
const browser = await launch();
try {
  for (const { name, place, selector, width, act } of SHOTS) {
    const options = {
      viewport: { width, height: 1000 },
      deviceScaleFactor: 1.5,
    };
    const path = join(folder, `${name}.png`);
    await visit(browser, addressOf(page) + place, options, async (page) => {
      await act?.(page);
      await unrolled(page);
      await page.locator(selector).first().screenshot({ path });
    });
    console.log(`${path}: ${Math.ceil(statSync(path).size / 1000)} kB`);
  }
} finally {
  await browser.close();
}
