// Opens pages in a Chromium that is installed, and hears what they complain of.
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { install } from "./probe.mjs";

// Chromium without windows first: it opens a page for a fifth of the CPU time.
const NAMES = [
  "chromium-headless-shell",
  "chromium",
  "chromium-browser",
  "google-chrome",
];

// Root in a container has no sandbox to offer, and what remains is Chromium's
// own talk with its makers, which has no place in a test of silence.
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** The path of Chromium: `CHROMIUM`, or the first of its names on `PATH`. */
function executable() {
  if (process.env.CHROMIUM) return process.env.CHROMIUM;
  for (const name of NAMES) {
    for (const folder of (process.env.PATH ?? "").split(delimiter)) {
      const path = join(folder, name);
      try {
        accessSync(path, constants.X_OK);
        return path;
      } catch {
        // The next folder may have it.
      }
    }
  }
  throw new Error(`none of ${NAMES.join(", ")} is on PATH; set CHROMIUM`);
}

/** Starts Chromium without a window. */
export function launch() {
  return chromium.launch({ executablePath: executable(), args: FLAGS });
}

/** The address of a file, as it is opened from disk. */
export function addressOf(path) {
  return pathToFileURL(path).href;
}

/**
 * Opens a page, and hands `act` the function `visit(address, look)`, which goes
 * to `address`, hands the page to `look`, and returns what `look` does.
 *
 * Whatever a visit asks for besides its address is refused and noted, and so is
 * whatever the page complains of; `look` gets both lists. `strict` makes an
 * error of any entry once `look` is done. A page may lead to others in the
 * folder `within`.
 *
 * To open a page costs several times what it costs to go to another address,
 * so what looks at many addresses and stores nothing visits them in one tour.
 */
export async function tour(browser, options, act) {
  const { strict = true, within, ...settings } = options;
  let itself = "about:blank";
  let heard = { complaints: [], asked: [] };
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    colorScheme: "light",
    ...settings,
  });
  try {
    // What is not there in so long never comes.
    context.setDefaultTimeout(10_000);
    const isOther = (url) => within && url.startsWith(`${within}/`);
    const mayLoad = (request) =>
      request.url().split("#")[0] === itself ||
      (request.isNavigationRequest() && isOther(request.url()));
    await context.route("**/*", (route) =>
      mayLoad(route.request()) ? route.continue() : route.abort(),
    );
    await context.addInitScript(install);
    const page = await context.newPage();
    // The driver hides some requests, that for an icon for one; the protocol
    // below it does not.
    const protocol = await context.newCDPSession(page);
    protocol.on("Network.requestWillBeSent", ({ request }) =>
      heard.asked.push(request.url.split("#")[0]),
    );
    await protocol.send("Network.enable");
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) {
        heard.complaints.push(`${message.type()}: ${message.text()}`);
      }
    });
    page.on("pageerror", (error) => heard.complaints.push(`${error}`));
    page.on("popup", (other) => heard.complaints.push(`opens ${other.url()}`));
    page.on("dialog", (dialog) => {
      heard.complaints.push(`a dialog says ${dialog.message()}`);
      return dialog.dismiss();
    });
    const visit = async (address, look) => {
      // Another fragment alone would load nothing.
      if (page.url() !== "about:blank") await page.goto("about:blank");
      itself = address.split("#")[0];
      heard = { complaints: [], asked: [] };
      await page.goto(address);
      const found = await look(page, heard);
      const others = heard.asked.filter(
        (url) => url !== itself && !isOther(url),
      );
      if (strict && heard.complaints.length + others.length > 0) {
        const asked = others.map((url) => `asks for ${url}`);
        throw new Error([...heard.complaints, ...asked].join("\n"));
      }
      return found;
    };
    return await act(visit);
  } finally {
    await context.close();
  }
}

/** A tour of one address. */
export function visit(browser, address, options, look) {
  return tour(browser, options, (visit) => visit(address, look));
}

/**
 * Makes the window as high as the page, for pictures of its parts: what stays
 * at the top of a window that scrolls would lie on them.
 */
export async function unrolled(page) {
  const { width } = page.viewportSize();
  const height = await page.evaluate(async () => {
    await probe.painted();
    return document.documentElement.scrollHeight;
  });
  await page.setViewportSize({ width, height: Math.min(height, 16_000) });
  await page.evaluate(() => probe.painted());
}
