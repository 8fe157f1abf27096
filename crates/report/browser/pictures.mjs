// Pictures of the page for readers who only browse: node pictures.mjs FOLDER
// with the page's path in LANES_PAGE.
import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { addressOf, launch, visit } from "./chromium.mjs";

const [folder] = process.argv.slice(2);
const page = process.env.LANES_PAGE;
if (!folder || !page) {
  console.error("usage: LANES_PAGE=PAGE node pictures.mjs FOLDER");
  process.exit(2);
}

const SOURCE = "#fetch?m=tokio,rayon,threads";
const SHOTS = [
  { name: "matrix", place: "#matrix", selector: ".sheet.shown", width: 1280 },
  { name: "source", place: SOURCE, selector: ".shown .siblings", width: 1760 },
  { name: "timelines", place: SOURCE, selector: ".shown .timelines", width: 960 },
];

mkdirSync(folder, { recursive: true });
const browser = await launch();
try {
  for (const { name, place, selector, width } of SHOTS) {
    const options = {
      viewport: { width, height: 1000 },
      deviceScaleFactor: 2,
    };
    const path = join(folder, `${name}.png`);
    await visit(browser, addressOf(page) + place, options, async (page) => {
      await page.evaluate(() => probe.painted());
      await page.locator(selector).first().screenshot({ path });
    });
    console.log(`${path}: ${Math.ceil(statSync(path).size / 1000)} kB`);
  }
} finally {
  await browser.close();
}
