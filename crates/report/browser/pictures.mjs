// Pictures of the site for readers who only browse: node pictures.mjs FOLDER
// with the site's folder in LANES_SITE.
import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { addressOf, launch, unrolled, visit } from "./chromium.mjs";

const [folder] = process.argv.slice(2);
const site = process.env.LANES_SITE;
if (!folder || !site) {
  console.error("usage: LANES_SITE=FOLDER node pictures.mjs FOLDER");
  process.exit(2);
}

const SHOTS = [
  {
    name: "map",
    place: "index.html",
    selector: "#map svg",
    width: 1330,
  },
  {
    name: "matrix",
    place: "index.html",
    selector: ".sheet table",
    width: 1330,
  },
  {
    name: "source",
    place: "workload-fetch.html#?m=tokio,rayon,threads",
    selector: ".siblings",
    width: 1500,
  },
  {
    name: "timelines",
    place: "workload-subtasks.html#?m=sequential,threads,tokio,gil",
    selector: ".lanes-box",
    width: 940,
    // All models on one picture would be too small to read.
    act: (page) => page.locator(".timelines input[name=chosen]").click(),
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
    await visit(browser, `${addressOf(site)}/${place}`, options, async (page) => {
      await act?.(page);
      await unrolled(page);
      await page.locator(selector).first().screenshot({ path });
    });
    console.log(`${path}: ${Math.ceil(statSync(path).size / 1000)} kB`);
  }
} finally {
  await browser.close();
}
