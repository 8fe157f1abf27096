// The site in a real browser. LANES_SITE is a site of real results, and
// LANES_HOSTILE_SITE one of results whose names would like to be markup;
// LANES_SINGLE is the page of `fetch` alone.
// Pictures are put into LANES_SCREENSHOTS if it is set.
import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { addressOf, launch, tour, unrolled, visit } from "./chromium.mjs";
import { install } from "./probe.mjs";

const SITE = process.env.LANES_SITE;
const HOSTILE = process.env.LANES_HOSTILE_SITE;
const SINGLE = process.env.LANES_SINGLE;
const PICTURES = process.env.LANES_SCREENSHOTS;

// What a page is meant to need on its own machine, in milliseconds. A test
// fails only far beyond, since machines are noisy; the figure is printed.
const PAINT = { goal: 300, slack: 10 };
const SWITCH = { goal: 100, slack: 10 };
const SCROLL = { goal: 100, slack: 10 };

const LIGHT = { colorScheme: "light", reducedMotion: "reduce" };
const DARK = { colorScheme: "dark", reducedMotion: "reduce" };
const WIDE = { viewport: { width: 1600, height: 1000 } };
const NARROW = { viewport: { width: 360, height: 800 } };
const PAPER = { viewport: { width: 1047, height: 718 } };
// No page has more bytes.
const MOST = 500_000;
// Where a link may lead: to the folder, and to a report on GitHub.
const LINK = /^([\w-]+\.html)?(#.*)?$|^https:\/\/github\.com\/[\w./-]+$/;

const middle = (numbers) =>
  [...numbers].sort((a, b) => a - b)[numbers.length >> 1];
const rounded = (milliseconds) => `${milliseconds.toFixed(0)} ms`;

/** The names of the pages of a site. */
const pagesOf = (folder) =>
  readdirSync(folder).filter((name) => name.endsWith(".html"));

describe("the site", { timeout: 900_000, concurrency: 2 }, () => {
  let browser;
  /** The names of its pages, and what they are of. */
  const listed = { pages: [], workloads: [], models: [] };

  /** Opens a place of the site: a page, with a fragment. */
  const open = (place, options, act) =>
    visit(browser, `${addressOf(SITE)}/${place}`, options, act);
  /**
   * Looks at each of some places of a folder. Three pages share them, and each
   * goes from place to place.
   */
  const each = async (folder, places, options, look) => {
    const left = [...places];
    const lane = () =>
      tour(browser, options, async (visit) => {
        while (left.length > 0) {
          const place = left.shift();
          const address = `${addressOf(folder)}/${place}`;
          await visit(address, (page, heard) => look(place, page, heard));
        }
      });
    await Promise.all([lane(), lane(), lane()]);
  };
  const fetchPage = (choice) => `workload-fetch.html#${choice}`;

  before(async () => {
    assert.ok(SITE, "LANES_SITE is not set");
    assert.ok(HOSTILE, "LANES_HOSTILE_SITE is not set");
    assert.ok(SINGLE, "LANES_SINGLE is not set");
    browser = await launch();
    listed.pages = pagesOf(SITE);
    const named = (kind) =>
      listed.pages
        .filter((name) => name.startsWith(`${kind}-`))
        .map((name) => name.slice(kind.length + 1, -".html".length));
    listed.workloads = named("workload");
    listed.models = named("model");
    assert.ok(listed.workloads.includes("fetch"), "there is no fetch");
    for (const model of ["tokio", "rayon", "threads", "smol", "crossbeam"]) {
      assert.ok(listed.models.includes(model), `there is no ${model}`);
    }
  });
  after(() => browser?.close());

  const settle = (page) => page.evaluate(() => probe.painted());
  const go = async (page, hash) => {
    await page.evaluate((hash) => probe.go(hash), hash);
    await settle(page);
  };
  /** The page that is open. */
  const opened = (page) =>
    page.evaluate(() => location.pathname.split("/").pop());

  /** The models of the columns, from left to right. */
  const columns = (page) =>
    page.evaluate(() => probe.columns().map((column) => column.models));
  const assertColumns = async (page, models) => {
    const found = await columns(page);
    const text = `columns ${found.map((names) => names.join("/"))}`;
    assert.equal(found.length, models.length, text);
    models.forEach((model, at) => assert.ok(found[at].includes(model), text));
  };

  /** What the address says after the name of the page. */
  const place = async (page) => {
    const hash = await page.evaluate(() => location.hash);
    const [view, query = ""] = hash.slice(1).split("?");
    const asked = new URLSearchParams(query);
    const models = (asked.get("m") ?? "").split(",").filter(Boolean);
    return { view: decodeURIComponent(view), models, asked };
  };

  const picture = async (page, name, selector) => {
    if (!PICTURES) return;
    mkdirSync(PICTURES, { recursive: true });
    const path = join(PICTURES, `${name}.png`);
    if (selector) await unrolled(page);
    await (selector
      ? page.locator(selector).first().screenshot({ path })
      : page.screenshot({ path, fullPage: true }));
  };

  describe("opened from disk", () => {
    it("refuses whatever is not its own", async () => {
      for (const name of ["index.html", "workload-fetch.html"]) {
        await open(name, { strict: false }, async (page, heard) => {
          const ran = await page.evaluate(async () => {
            const script = document.createElement("script");
            script.textContent = "window.foreign = true";
            const style = document.createElement("style");
            style.textContent = "html { --foreign: yes }";
            const button = document.createElement("button");
            button.setAttribute("onclick", "window.foreign = true");
            const image = new Image();
            image.src = "https://example.org/image.png";
            document.body.append(script, style, button, image);
            button.click();
            await probe.painted();
            const root = getComputedStyle(document.documentElement);
            return {
              script: window.foreign === true,
              style: root.getPropertyValue("--foreign") !== "",
            };
          });
          assert.deepEqual(ran, { script: false, style: false });
          const refused = heard.complaints.filter((text) =>
            text.includes("policy "),
          );
          for (const rule of ["script-src", "style-src", "img-src"]) {
            assert.ok(
              refused.some((text) => text.includes(rule)),
              `${rule} is not refused: ${heard.complaints.join("\n")}`,
            );
          }
        });
      }
    });

    it("is small, page by page", (t) => {
      const sizes = listed.pages.map((name) => [
        statSync(join(SITE, name)).size,
        name,
      ]);
      sizes.push([statSync(SINGLE).size, "single"]);
      sizes.sort(([a], [b]) => b - a);
      const all = sizes.reduce((sum, [size]) => sum + size, 0);
      const [largest, name] = sizes[0];
      t.diagnostic(
        `${sizes.length} pages, ${(all / 1e6).toFixed(2)} MB; the largest, ` +
          `${name}, has ${(largest / 1e3).toFixed(0)} kB`,
      );
      const large = sizes.filter(([size]) => size >= MOST);
      assert.deepEqual(large, []);
    });

    it("is painted soon", async (t) => {
      for (const name of ["index.html", "workload-counter.html"]) {
        const times = [];
        for (let load = 0; load < 5; load++) {
          const time = await open(name, {}, async (page) => {
            return page.evaluate(
              () =>
                new Promise((resolve) => {
                  new PerformanceObserver((list) => {
                    const [entry] = list.getEntriesByName(
                      "first-contentful-paint",
                    );
                    if (entry) resolve(entry.startTime);
                  }).observe({ type: "paint", buffered: true });
                }),
            );
          });
          assert.ok(time > 0, "nothing was painted");
          times.push(time);
        }
        const { goal, slack } = PAINT;
        const time = middle(times);
        t.diagnostic(
          `first contentful paint of ${name}: ${rounded(time)}, median of 5 ` +
            `loads (${times.map(rounded).join(", ")}; goal ${rounded(goal)})`,
        );
        assert.ok(time < goal * slack, `${rounded(time)}`);
      }
    });

    it("scrolls without a halt", async (t) => {
      const four = fetchPage("?m=tokio,rayon,threads,smol");
      for (const place of ["index.html", four]) {
        await open(place, {}, async (page) => {
          await settle(page);
          // The margin belongs to no box that scrolls by itself.
          await page.mouse.move(3, 400);
          await page.evaluate(() => probe.watchFrames());
          const end = () =>
            page.evaluate(() => {
              const { scrollTop, scrollHeight } = document.scrollingElement;
              return scrollTop + innerHeight >= scrollHeight - 2;
            });
          let steps = 0;
          while (!(await end())) {
            assert.ok(++steps < 300, "the wheel does not reach the end");
            await page.mouse.wheel(0, 400);
            await settle(page);
          }
          const gaps = await page.evaluate(() => probe.framesSeen());
          const { goal, slack } = SCROLL;
          t.diagnostic(
            `scrolling ${place}: longest frame ` +
              `${rounded(Math.max(0, ...gaps))}, median ` +
              `${rounded(middle(gaps) ?? 0)}, ${steps} steps of the wheel ` +
              `(goal ${rounded(goal)})`,
          );
          assert.ok((middle(gaps) ?? 0) < goal * slack);
        });
      }
    });

    it("switches models at once", async (t) => {
      const clicks = await open(fetchPage("?m=tokio,rayon"), {}, async (page) => {
        const clicks = [];
        await settle(page);
        for (let turn = 0; turn < 20; turn++) {
          const before = await columns(page);
          clicks.push(
            await page.evaluate(() =>
              probe.untilPainted(() =>
                document.querySelector("input[name=m][value=threads]").click(),
              ),
            ),
          );
          assert.notDeepEqual(await columns(page), before);
        }
        return clicks;
      });
      const { goal, slack } = SWITCH;
      t.diagnostic(
        `switching: ${rounded(middle(clicks))}, median of ${clicks.length}, ` +
          `longest ${rounded(Math.max(...clicks))} (goal ${rounded(goal)})`,
      );
      assert.ok(middle(clicks) < goal * slack);
    });
  });

  describe("the first page", () => {
    it("answers before it shows numbers, also on a telephone", async () => {
      const phone = { viewport: { width: 390, height: 844 } };
      for (const options of [{}, phone, { javaScriptEnabled: false }]) {
        await open("index.html", options, async (page) => {
          const found = await page.evaluate(() => {
            const top = (selector) =>
              document.querySelector(selector).getBoundingClientRect().top;
            const items = [...document.querySelectorAll("#answer .kind li")];
            return {
              first: items[0].getBoundingClientRect().bottom,
              height: innerHeight,
              order: ["#answer", "#matrix", "#ranking", "#sessions"].map(top),
              words: items.map((item) => item.textContent),
            };
          });
          assert.ok(found.first < found.height, `at ${found.first}`);
          const sorted = [...found.order].sort((a, b) => a - b);
          assert.deepEqual(found.order, sorted);
          const fetch = found.words.find((text) => text.startsWith("fetch"));
          assert.match(fetch, /tied; rayon [\d.]+ times slower \(/);
        });
      }
    });

    it("has a description of every row", async () => {
      await open("index.html", {}, async (page) => {
        const rows = await page.$$eval("table.heat tbody tr", (all) =>
          all.map((row) => row.querySelector(".about")?.textContent ?? ""),
        );
        assert.ok(rows.length > 5);
        for (const text of rows) assert.match(text, /\w+ \w+/);
      });
    });

    it("ranks no model that does nothing", async () => {
      await open("index.html", {}, async (page) => {
        const names = await page.$$eval("#ranking tbody th", (all) =>
          all.map((cell) => cell.textContent),
        );
        assert.ok(names.length > 5);
        assert.ok(!names.includes("sequential"), `${names}`);
      });
    });
  });

  describe("the matrix", () => {
    const values = (page, selector) =>
      page.$$eval(`${selector} option:not(:disabled)`, (options) =>
        options.map((option) => option.value),
      );
    it("leads to the other tables, and back", async () => {
      const within = addressOf(SITE);
      await open("index.html", { within }, async (page) => {
        const links = await page.$$eval(".others a", (all) =>
          all.map((link) => link.getAttribute("href")),
        );
        assert.ok(links.length >= 2, `${links}`);
        for (const link of links) assert.ok(listed.pages.includes(link), link);
        await page.locator(".others a").first().click();
        await settle(page);
        assert.equal(await opened(page), links[0]);
        assert.equal(await page.locator("table.heat").count(), 1);
        await page.goBack();
        assert.equal(await opened(page), "index.html");
      });
    });

    it("is sorted by a model's ratios", async () => {
      await open("index.html", {}, async (page) => {
        for (const model of ["tokio", "threads", "sequential"]) {
          const head = `#matrix table.heat th[data-model="${model}"]`;
          const button = page.locator(`${head} button.sort:visible`).first();
          const sortedBy = async () => {
            await button.click();
            await settle(page);
            return page.evaluate((model) => {
              const table = probe.all("table.heat").find(probe.visible);
              const heads = probe.all("th[data-model]", table);
              const head = heads.find((one) => one.dataset.model === model);
              return {
                direction: head.getAttribute("aria-sort"),
                others: heads.filter(
                  (other) =>
                    other !== head &&
                    (other.getAttribute("aria-sort") ?? "none") !== "none",
                ).length,
                ratios: probe
                  .all("tr[data-workload]", table)
                  .map((row) => row.cells[head.cellIndex].dataset.ratio)
                  .map((ratio) => (ratio ? Number(ratio) : null)),
              };
            }, model);
          };
          for (let turn = 0; turn < 2; turn++) {
            const { direction, others, ratios } = await sortedBy();
            assert.match(direction ?? "", /^(ascending|descending)$/);
            assert.equal(others, 0);
            const known = ratios.filter((ratio) => ratio !== null);
            assert.ok(known.length > 2, `${model} has ${known.length} ratios`);
            const wanted = [...known].sort((a, b) =>
              direction === "ascending" ? a - b : b - a,
            );
            assert.deepEqual(ratios.slice(0, known.length), wanted);
          }
        }
      });
    });

    it("is ordered by family", async () => {
      await open("index.html", {}, async (page) => {
        const families = () =>
          page.evaluate(() => {
            const table = probe.all("table.heat").find(probe.visible);
            const rows = probe.all("tr[data-workload]", table);
            return rows.map((row) => row.dataset.family);
          });
        const changes = (names) =>
          names.filter((name, at) => at > 0 && name !== names[at - 1]).length;
        const sort = 'th[data-model="tokio"] button.sort:visible';
        await page
          .locator(sort)
          .first()
          .click();
        const orders = await values(page, "#order");
        assert.ok(orders.includes("family"), `orders are ${orders}`);
        for (const order of orders) {
          await page.selectOption("#order", order);
          await settle(page);
          const found = await families();
          assert.ok(found.length > 4);
          if (order === "family") {
            assert.equal(changes(found), new Set(found).size - 1, `${found}`);
          }
        }
      });
    });

    it("shows the models that are chosen", async () => {
      await open("index.html", {}, async (page) => {
        const heads = () =>
          page.evaluate(() => {
            const table = probe.all("table.heat").find(probe.visible);
            const shown = probe.all("th[data-model]", table);
            return shown
              .filter(probe.visible)
              .map((head) => head.dataset.model);
          });
        const seen = new Set();
        for (const choice of await values(page, "#models")) {
          await page.selectOption("#models", choice);
          await settle(page);
          const names = await heads();
          assert.ok(names.length > 0, `${choice} shows no model`);
          seen.add(names.join());
          // A head without its cells would name the wrong ones.
          const widths = await page.evaluate(() => {
            const table = probe.all("table.heat").find(probe.visible);
            const rows = probe
              .all("tr:not(.families)", table)
              .filter(probe.visible);
            const count = (row) => [...row.cells].filter(probe.visible).length;
            return [...new Set(rows.map(count))];
          });
          assert.equal(widths.length, 1, `rows of ${widths} cells`);
        }
        assert.ok(seen.size > 1, "the choice changes nothing");
      });
    });

    it("gives a reason for every cell without figures", async () => {
      await open("index.html", {}, async (page) => {
        const found = await page.evaluate(() => {
          const cells = probe.all(
            "table.heat tr[data-workload] td[data-model]",
          );
          const bare = cells.filter((cell) => !cell.querySelector("a[href]"));
          const words = (text) => text.replace(/\s+/g, " ").trim();
          // The list below the table tells each reason once, and then whose.
          const isListed = (cell) => {
            const row = cell.closest("tr");
            const { workload } = row.dataset;
            const { model } = cell.dataset;
            const why = cell.title.slice(`${model}: `.length);
            const size = row.querySelector(".size").textContent;
            const which = `${workload} ${size} in ${model}`;
            return probe
              .all(".reasons li", cell.closest(".sheet"))
              .map((item) => item.textContent)
              .some((text) => text.startsWith(why) && text.includes(which));
          };
          return {
            cells: cells.length,
            wordless: bare.filter((cell) => !words(cell.textContent)).length,
            reasonless: bare.filter((cell) => !/: \S/.test(cell.title)).length,
            unlisted: bare.filter((cell) => !isListed(cell)).map((c) => c.title),
            unmarked: bare
              .map((cell) => cell.className)
              .filter((name) => !/\b(refused|failed|missing)\b/.test(name)),
            ratioless: cells
              .filter((cell) => cell.querySelector("a[href]"))
              .filter((cell) => !(Number(cell.dataset.ratio) > 0)).length,
          };
        });
        assert.ok(found.cells > 20, `${found.cells} cells`);
        assert.deepEqual(
          { ...found, cells: 0 },
          {
            cells: 0,
            wordless: 0,
            reasonless: 0,
            unlisted: [],
            unmarked: [],
            ratioless: 0,
          },
        );
      });
    });

    it("leads from a cell to the best and the cell's model", async () => {
      const within = addressOf(SITE);
      await open("index.html", { within }, async (page) => {
        const links = await page.evaluate(() => {
          const table = probe.all("table.heat").find(probe.visible);
          const heads = probe.all("th[data-model]", table);
          return probe.all("tr[data-workload]", table).flatMap((row) =>
            heads
              .map((head) => ({
                workload: row.dataset.workload,
                model: head.dataset.model,
                cell: row.cells[head.cellIndex],
              }))
              .filter(({ cell }) => cell.querySelector("a[href]"))
              .map(({ workload, model, cell }) => ({
                workload,
                model,
                href: cell.querySelector("a").getAttribute("href"),
              })),
          );
        });
        assert.ok(links.length > 10);
        for (const { workload, model, href } of links) {
          assert.equal(href.split("#")[0], `workload-${workload}.html`);
          const query = new URLSearchParams(href.split("?")[1]);
          const models = query.get("m").split(",");
          assert.ok(models.includes(model), `${href} of ${model}`);
        }
        const { href, model } = links.find(
          (link) => link.workload === "fetch" && link.href.includes(","),
        );
        const link = page.locator(
          `table.heat td:visible a[href="${href}"]:visible`,
        );
        await link.first().click();
        await page.waitForLoadState("load");
        await settle(page);
        assert.equal(await opened(page), "workload-fetch.html");
        assert.ok((await columns(page)).flat().includes(model));
        const { top } = await page.evaluate(() =>
          probe.boxOf(document.getElementById("source")),
        );
        assert.ok(top < 400, `the source is at ${top}`);
      });
    });
  });

  describe("a choice of models", () => {
    it("has two to four columns, and an address", async () => {
      await open(fetchPage("?m=tokio,rayon"), {}, async (page) => {
        const boxes = page.locator("form.choice input[name=m]");
        const state = async () => {
          await settle(page);
          const found = await columns(page);
          const { models } = await place(page);
          assert.ok(found.length >= 2 && found.length <= 4, `${found}`);
          const checked = await boxes.evaluateAll((all) =>
            all.filter((box) => box.checked).map((box) => box.value),
          );
          assert.deepEqual(models.toString(), models.join());
          assert.deepEqual([...checked].sort(), [...models].sort());
          await assertColumns(page, models);
          return models;
        };
        const press = (model) =>
          page.evaluate((model) => {
            const boxes = probe.all("form.choice input[name=m]");
            boxes.find((box) => box.value === model).click();
          }, model);
        assert.deepEqual(await state(), ["tokio", "rayon"]);
        await page.locator('input[name=m][value="threads"]').click();
        assert.ok((await state()).includes("threads"));
        for (const model of ["smol", "crossbeam", "async-std"]) {
          await press(model);
          await state();
        }
        assert.equal((await state()).length, 4);
        for (const model of [...(await state())]) {
          await press(model);
          await state();
        }
        assert.equal((await state()).length, 2);
      });
    });

    it("is what a link says, in its order", async () => {
      const links = [
        ["tokio", "rayon"],
        ["rayon", "tokio"],
        ["threads", "tokio", "rayon"],
        ["smol", "crossbeam", "threads", "tokio"],
      ];
      const places = links.map((models) => fetchPage(`?m=${models}`));
      await each(SITE, places, {}, async (link, page) => {
        const models = links[places.indexOf(link)];
        await settle(page);
        await assertColumns(page, models);
        assert.deepEqual((await place(page)).models, models);
      });
    });

    it("falls back where a link makes no sense", async () => {
      const choices = [
        "nonsense?m=<b>",
        "%E0%A4%A",
        "__proto__?m=constructor",
        "?m=zzz",
        "?m=",
        "?m=tokio",
        "?m=tokio,tokio,tokio",
        "source?m=toString,__proto__",
        "?m=%E0%A4%A,tokio&only=%",
        "?m=tokio,rayon&size=zzz&w=-1",
        "?m=tokio,rayon,threads,smol,crossbeam,async-std",
        "size",
      ];
      await each(SITE, choices.map(fetchPage), {}, async (choice, page) => {
        await settle(page);
        const count = (await columns(page)).length;
        assert.ok(count >= 2 && count <= 4, `${choice}: ${count} columns`);
        const figures = await page.$$eval(".figures.shown", (all) =>
          all.map((each) => each.dataset.size),
        );
        assert.ok(figures.length > 0, `${choice}: no figures`);
      });
    });

    it("has figures of sizes and workers, with an address", async () => {
      await open("workload-fetch.html", {}, async (page) => {
        const shown = (page) =>
          page.$$eval(".figures.shown", (all) =>
            all.map((each) => [each.dataset.size, each.dataset.workers]),
          );
        const values = (selector) =>
          page.$$eval(`${selector} option:not(:disabled)`, (options) =>
            options.map((option) => option.value),
          );
        const seen = new Map();
        for (const size of await values("#size")) {
          await page.selectOption("#size", size);
          for (const workers of await values("#workers")) {
            await page.selectOption("#workers", workers);
            const found = await shown(page);
            assert.ok(found.length > 0, `${size}, ${workers}`);
            for (const [its, count] of found) {
              assert.equal(its, size);
              assert.ok(count === undefined || count === workers, count);
            }
            const hash = await page.evaluate(() => location.hash);
            const link = fetchPage(hash.slice(1));
            assert.deepEqual(seen.get(link) ?? found, found, link);
            seen.set(link, found);
          }
        }
        assert.ok(seen.size >= 3, `${[...seen.keys()]}`);
        await each(SITE, seen.keys(), {}, async (link, page) => {
          assert.deepEqual(await shown(page), seen.get(link), link);
        });
      });
    });

    it("stays while the page is jumped in", async () => {
      await open(fetchPage("?m=smol,rayon"), {}, async (page) => {
        const jumps = page.locator(".jump a");
        assert.ok((await jumps.count()) >= 3);
        for (const jump of await jumps.all()) {
          const [, target] = (await jump.getAttribute("href")).split("#");
          await jump.click();
          await settle(page);
          await assertColumns(page, ["smol", "rayon"]);
          const { top, end } = await page.evaluate((target) => {
            const { top } = probe.boxOf(document.getElementById(target));
            const { scrollTop, scrollHeight } = document.scrollingElement;
            return { top, end: scrollTop + innerHeight >= scrollHeight - 2 };
          }, target);
          const below = top >= 0 && (top < 300 || (end && top < 800));
          assert.ok(below, `${target} is at ${top}`);
        }
      });
    });

    it("goes back and forward", async () => {
      const within = addressOf(SITE);
      await open("index.html", { within }, async (page) => {
        await page
          .locator('header a[href="workload-fetch.html"]')
          .first()
          .evaluate((link) => link.click());
        await page.waitForURL(/workload-fetch/);
        await settle(page);
        await page.evaluate(() =>
          document.querySelector("input[name=m]:not(:checked)").click(),
        );
        await settle(page);
        const chosen = await columns(page);
        await page.goBack();
        await settle(page);
        assert.equal(await opened(page), "index.html");
        await page.goForward();
        await settle(page);
        assert.equal(await opened(page), "workload-fetch.html");
        assert.deepEqual(await columns(page), chosen);
      });
    });

    it("puts results before timelines, and these before source", async () => {
      await open("workload-fetch.html", {}, async (page) => {
        const tops = await page.evaluate(() =>
          [".answer", "#figures", "#timelines", "#source"].map(
            (selector) =>
              document.querySelector(selector).getBoundingClientRect().top,
          ),
        );
        assert.deepEqual(tops, [...tops].sort((a, b) => a - b));
      });
    });
  });

  describe("siblings side by side", () => {
    it("stand in columns, each part at one height", async () => {
      const links = listed.workloads.map(
        (workload) => `workload-${workload}.html#?m=tokio,rayon,threads`,
      );
      await each(SITE, links, WIDE, async (link, page) => {
        await settle(page);
        const boxes = (await page.evaluate(() => probe.columns())).map(
          (column) => column.box,
        );
        assert.equal(boxes.length, 3);
        for (let at = 1; at < boxes.length; at++) {
          assert.ok(
            boxes[at].left >= boxes[at - 1].right - 1,
            `column ${at} of ${link} begins in the one before`,
          );
        }
        const pieces = await page.evaluate(() => probe.pieces());
        const starts = new Map();
        for (const { key, start } of pieces) {
          starts.set(key, [...(starts.get(key) ?? []), start]);
        }
        const shared = [...starts].filter(([, tops]) => tops.length > 1);
        assert.ok(shared.length >= 4, `${shared.length} parts in common`);
        for (const [key, tops] of shared) {
          const apart = Math.max(...tops) - Math.min(...tops);
          assert.ok(apart <= 1, `${link}: ${key} is ${apart} px apart`);
        }
      });
    });

    it("mark what no other column calls", async () => {
      await open(fetchPage("?m=tokio,smol"), WIDE, async (page) => {
        await settle(page);
        const pieces = await page.evaluate(() => probe.pieces());
        const marks = (column) =>
          pieces
            .filter((piece) => piece.column === column)
            .reduce((sum, piece) => sum + piece.marks, 0);
        assert.ok(marks(0) > 0 && marks(1) > 0, "nothing is marked");
        const words = await page.$$eval("article.chosen mark", (all) =>
          all.map((mark) => mark.textContent),
        );
        assert.ok(words.includes("Tokio") && words.includes("Smol"), `${words}`);
        const prose = await page.$$eval(".c mark, .s mark", (all) => all.length);
        assert.equal(prose, 0, "comments are marked");
        const left = new Map(
          pieces.filter((p) => p.column === 0).map((p) => [p.key, p]),
        );
        for (const { column, key, lines, marks } of pieces) {
          const other = column === 1 && left.get(key);
          if (other && other.lines.join("\n") === lines.join("\n")) {
            assert.equal(marks, 0, `${key} does not differ, but is marked`);
          }
        }
      });
    });

    it("mark few words of three columns", async () => {
      await open(fetchPage("?m=threads,tokio,rayon"), WIDE, async (page) => {
        await settle(page);
        const shares = await page.$$eval("article.chosen", (all) =>
          all.map((article) => {
            const letters = (elements) =>
              [...elements].reduce((sum, one) => sum + one.textContent.length, 0);
            const marked = letters(article.querySelectorAll("mark"));
            return marked / letters(article.querySelectorAll(".code"));
          }),
        );
        assert.equal(shares.length, 3);
        for (const share of shares) {
          assert.ok(share > 0 && share < 0.2, `${shares}`);
        }
      });
    });

    it("show what they import", async () => {
      await open(fetchPage("?m=rayon,threads"), WIDE, async (page) => {
        await settle(page);
        const imports = await page.$$eval(
          "article.chosen .imports",
          (all) =>
            all.map((list) =>
              [...list.querySelectorAll("code")].map((code) => code.textContent),
            ),
        );
        assert.equal(imports.length, 2);
        for (const paths of imports) {
          assert.ok(paths.length > 0);
          for (const path of paths) assert.doesNotMatch(path, /^lanes_core/);
        }
        assert.ok(
          imports.flat().some((path) => path.startsWith("rayon")),
          `${imports}`,
        );
      });
    });

    it("can be reduced to the differences", async () => {
      await open(fetchPage("?m=tokio,smol"), WIDE, async (page) => {
        const pieces = async () => {
          await settle(page);
          return page.evaluate(() => probe.pieces());
        };
        const count = (all) => all.reduce((sum, p) => sum + p.lines.length, 0);
        const before = await pieces();
        const only = page.locator("input[name=only]");
        await only.click();
        const reduced = await pieces();
        assert.ok(count(reduced) > 0, "nothing is left");
        assert.ok(
          count(reduced) < count(before),
          `${count(reduced)} of ${count(before)} lines`,
        );
        assert.equal((await place(page)).asked.get("only"), "1");
        // What is left of a part differs, and no difference is lost.
        const linesOf = (all, column, key) =>
          all
            .filter((piece) => piece.column === column && piece.key === key)
            .flatMap((piece) => piece.lines);
        for (const { key, column } of before) {
          const here = linesOf(before, column, key);
          const there = linesOf(before, 1 - column, key);
          const left = linesOf(reduced, column, key);
          if (here.join("\n") === there.join("\n")) {
            assert.deepEqual(left, [], `${key} is the same in both`);
          } else {
            for (const line of here.filter((text) => !there.includes(text))) {
              assert.ok(left.includes(line), `${key} loses ${line}`);
            }
          }
        }
        await only.click();
        assert.deepEqual(
          (await pieces()).map((piece) => piece.lines),
          before.map((piece) => piece.lines),
        );
        assert.equal((await place(page)).asked.get("only"), null);
      });
      await open(fetchPage("?m=tokio,smol&only=1"), WIDE, async (page) => {
        await settle(page);
        assert.ok(await page.isChecked("input[name=only]"));
        // Lines below hidden ones keep the numbers that they have in the file.
        const numbers = await page.$$eval(
          "article.chosen ol.code",
          (lists) =>
            lists.flatMap((list) =>
              [...list.children].map((line, index) => [
                line.value,
                list.start + index,
              ]),
            ),
        );
        assert.ok(numbers.length > 50, `${numbers.length} lines`);
        for (const [number, right] of numbers) assert.equal(number, right);
      });
    });

    it("are numbered as in their files", async () => {
      await open(fetchPage("?m=tokio,rayon"), WIDE, async (page) => {
        await settle(page);
        const starts = await page.$$eval(
          "article.sibling ol.code",
          (lists) =>
            lists
              .filter((list) => list.getClientRects().length > 0)
              .map((list) => [list.start, list.children.length]),
        );
        assert.ok(starts.length > 8);
        for (const [start, lines] of starts) {
          assert.ok(start >= 1 && lines >= 1, `${lines} lines at ${start}`);
        }
      });
    });
  });

  describe("timelines", () => {
    it("are drawn of tasks and of workers", async () => {
      await open(fetchPage("?m=tokio,rayon,threads"), {}, async (page) => {
        await settle(page);
        const drawn = () =>
          page.evaluate(() =>
            probe
              .all(".timelines svg.lanes")
              .filter(probe.visible)
              .map((svg) => svg.textContent.slice(0, 4000)),
          );
        const box = (name) =>
          page.locator(`.timelines input[name="${name}"]`).first();
        const both = await drawn();
        assert.ok(both.length >= 6, `${both.length} pictures are drawn`);
        const views = [];
        for (const view of ["tasks", "by-worker"]) {
          await box(view).click();
          views.push(await drawn());
          await box(view).click();
        }
        for (const view of views) {
          assert.ok(view.length >= 3 && view.length < both.length);
        }
        assert.notDeepEqual(views[0], views[1]);
        assert.deepEqual(await drawn(), both);
        const models = () =>
          page.evaluate(() =>
            probe
              .all(".timelines figure.lane")
              .filter(probe.visible)
              .map((lane) => lane.dataset.model),
          );
        const every = await models();
        assert.ok(every.length > 3, `${every}`);
        await box("chosen").click();
        assert.deepEqual((await models()).sort(), ["rayon", "threads", "tokio"]);
        await box("chosen").click();
        assert.deepEqual(await models(), every);
      });
    });

    it("have an axis that fits the models, and zooms", async () => {
      await open(fetchPage("?m=threads,tokio"), {}, async (page) => {
        await settle(page);
        // The longest of the bars that are to be seen, as a part of the plot,
        // and where the axis ends.
        const state = () =>
          page.evaluate(() => {
            const plots = probe
              .all(".lane svg.track")
              .filter((plot) => probe.visible(plot.closest(".lane")));
            const [start, , long] = plots[0]
              .getAttribute("viewBox")
              .split(" ")
              .map(Number);
            const labels = probe.all(".axis svg text.mid").map((text) =>
              Number(text.textContent),
            );
            const whole = Number(plots[0].getAttribute("width"));
            return {
              start: start / whole,
              long: long / whole,
              last: Math.max(...labels),
              same: plots.every(
                (plot) =>
                  Number(plot.getAttribute("viewBox").split(" ")[2]) === long,
              ),
            };
          });
        const press = async (name) => {
          await page.locator(`[data-zoom=${name}]`).click();
          return state();
        };
        const all = await state();
        assert.deepEqual([all.start, all.long], [0, 1]);
        await page.locator('input[name="chosen"]').click();
        const two = await state();
        assert.ok(two.same && two.long < 0.3, `${two.long}`);
        assert.ok(two.last < all.last / 3, `${two.last} of ${all.last}`);
        const closer = await press("in");
        assert.ok(Math.abs(closer.long - two.long / 2) < 1e-9);
        assert.ok(closer.start > 0);
        const later = await press("on");
        assert.ok(later.start > closer.start);
        const end = await press("on");
        assert.ok(end.start + end.long <= two.long + 1e-9);
        const back = await press("back");
        assert.ok(back.start < end.start);
        assert.ok(Math.abs((await press("out")).long - two.long) < 1e-9);
        await press("in");
        assert.ok(Math.abs((await press("whole")).long - two.long) < 1e-9);
        await page.locator('input[name="chosen"]').click();
        assert.equal((await state()).long, 1);
      });
    });

    it("end where the runs end", async () => {
      const names = listed.workloads.map((name) => `workload-${name}.html`);
      await each(SITE, names, {}, async (name, page) => {
        const beyond = await page.evaluate(() => {
          const whole = Number(
            document.querySelector(".lanes-box")?.dataset.axis,
          );
          return probe.all(".lane").flatMap((lane) => {
            const share = Number(lane.dataset.wall) / whole;
            return probe
              .all("svg.track g path", lane)
              .map((path) => {
                const plot = path.closest("svg.track");
                const box = path.getBBox();
                const wide = Number(plot.getAttribute("width"));
                return (box.x + box.width) / wide - share;
              })
              .filter((past) => past > 0.002);
          });
        });
        assert.deepEqual(beyond, [], name);
      });
    });

    it("show four waves of requests as four", async () => {
      await open("workload-fetch.html", {}, async (page) => {
        const waits = await page.evaluate(() => {
          const lane = probe
            .all(".lane")
            .find((one) => one.dataset.model === "threads");
          const paths = probe.all(".by-worker path.io", lane);
          return paths.map((path) => path.getAttribute("d").split("M").length - 1);
        });
        assert.equal(waits.length, 16);
        for (const count of waits) assert.equal(count, 4);
      });
    });
  });

  describe("traps", () => {
    /** What the page of traps says of each, from its table and its section. */
    const traps = (page) =>
      page.evaluate(() =>
        probe.all('main section[id^="trap-"]').map((section) => {
          const within = (selector) => [...section.querySelectorAll(selector)];
          const [, row] = probe
            .all("table.faults th a")
            .map((link) => [link.getAttribute("href"), link.closest("tr")])
            .find(([href]) => href === `#${section.id}`);
          return {
            name: row.querySelector("th").textContent,
            heading: section.querySelector("h2").textContent,
            rows: Number(row.querySelector("th").rowSpan),
            found: row.querySelector("td:last-child").textContent,
            programs: within("figure:not(.lane)").map((figure) => ({
              says: figure.querySelector("figcaption").textContent,
              lines: figure.querySelectorAll(".code li").length,
              colored: figure.querySelectorAll(".code i").length,
              left: figure.getBoundingClientRect().left,
            })),
            lanes: within("figure.lane").map((lane) => ({
              says: lane.textContent,
              pictures: lane.querySelectorAll("svg.lanes").length,
              drawn: lane.querySelectorAll(".track path").length,
            })),
            reports: within('a[href^="https:"]').map((link) => link.href),
          };
        }),
      );

    it("stand beside their remedies, with what each did", async () => {
      await open("traps.html", WIDE, async (page) => {
        await settle(page);
        const all = await traps(page);
        assert.ok(all.length > 10, `${all.length} traps`);
        for (const { name, heading, rows, found, programs, reports } of all) {
          assert.ok(heading.startsWith(name), heading);
          assert.match(found, /^(shown|could not be shown|not here)/, name);
          assert.equal(programs.length, rows, name);
          assert.ok(rows >= 2, `${name} has no remedy`);
          const [first, ...remedies] = programs;
          assert.match(first.says, /^Without a remedy: /);
          for (const { says } of remedies) assert.match(says, /^With a remedy: /);
          for (const { lines, colored } of programs) {
            assert.ok(lines >= 3 && colored > 0, `${name} has no source`);
          }
          // The first two are side by side.
          assert.ok(remedies[0].left > first.left, `${name} is one column`);
          assert.ok(reports.length > 0, `${name} has no report`);
        }
        const shown = all.filter(({ found }) => found === "shown");
        assert.ok(shown.length > 5, `${shown.length} are shown`);
      });
    });

    it("have timelines, where they say something", async () => {
      await open("traps.html", {}, async (page) => {
        await settle(page);
        const all = await traps(page);
        const drawn = all.filter(({ lanes }) => lanes.length > 0);
        assert.ok(drawn.length >= 8, `${drawn.length} have timelines`);
        for (const { name, lanes, programs } of drawn) {
          assert.equal(lanes.length, programs.length, name);
          for (const { pictures, drawn } of lanes) {
            assert.ok(pictures === 2 && drawn > 0, `${name} is empty`);
          }
        }
        const hung = drawn.find(({ name }) => name === "tokio-std-mutex");
        assert.match(hung.lanes[0].says, /The watchdog ended it/);
        assert.doesNotMatch(hung.lanes[1].says, /The watchdog ended it/);
      });
    });

    it("are led to by the first page and by questions", async () => {
      for (const from of ["index.html", "questions.html"]) {
        const within = addressOf(SITE);
        await open(from, { within }, async (page) => {
          await settle(page);
          const link = page.locator('main a[href^="traps.html#trap-"]').first();
          const name = await link.textContent();
          await link.click();
          await page.waitForLoadState("load");
          const section = await page.evaluate(
            () => document.querySelector(location.hash).textContent,
          );
          assert.ok(section.includes(name), `${name} from ${from}`);
        });
      }
    });
  });

  describe("without a mouse", () => {
    it("reaches everything, and shows where it is", async () => {
      const within = addressOf(SITE);
      await open("index.html", { within }, async (page) => {
        await settle(page);
        const tabTo = async (selector) => {
          for (let presses = 0; presses < 600; presses++) {
            await page.keyboard.press("Tab");
            const at = await page.evaluate((selector) => {
              const element = document.activeElement;
              if (!element || element === document.body) return null;
              const style = getComputedStyle(element);
              return {
                found: element.matches(selector),
                name: element.outerHTML.slice(0, 80),
                framed:
                  style.outlineStyle !== "none" &&
                  parseFloat(style.outlineWidth) > 0,
                visible: probe.visible(element),
              };
            }, selector);
            if (!at) continue;
            assert.ok(at.framed, `nothing shows the focus of ${at.name}`);
            assert.ok(at.visible, `what has the focus is hidden: ${at.name}`);
            if (at.found) return;
          }
          assert.fail(`Tab does not reach ${selector}`);
        };
        const theme = () =>
          page.evaluate(() => document.documentElement.dataset.theme ?? "auto");
        await tabTo("#theme");
        const before = await theme();
        await page.keyboard.press("Enter");
        assert.notEqual(await theme(), before);
        await page.keyboard.press("Space");
        await page.keyboard.press("Space");
        assert.equal(await theme(), before);

        for (const select of ["#models", "#rows", "#order"]) {
          await tabTo(select);
          const value = () => page.locator(select).inputValue();
          const earlier = await value();
          const choices = await page
            .locator(`${select} option:not(:disabled)`)
            .count();
          await page.keyboard.press("ArrowDown");
          const later = await value();
          await page.keyboard.press("ArrowUp");
          if (choices > 1) {
            assert.notEqual([later, await value()].join(), [earlier, earlier].join());
          }
          await page.locator(select).selectOption(earlier);
        }

        await tabTo("table.heat th button.sort");
        await page.keyboard.press("Enter");
        const sorted = await page.evaluate(() =>
          document.activeElement.closest("th")?.getAttribute("aria-sort"),
        );
        assert.match(sorted ?? "", /ascending|descending/);

        await tabTo('table.heat td a[href^="workload-fetch.html#"]');
        await page.keyboard.press("Enter");
        await page.waitForURL(/workload-fetch/);
        await page.waitForLoadState("load");
        await settle(page);

        await tabTo("form.choice input[name=m]:not(:checked)");
        const narrower = await columns(page);
        await page.keyboard.press("Space");
        await settle(page);
        assert.notDeepEqual(await columns(page), narrower);
        await tabTo("#size");
        await tabTo("[data-zoom=in]");
        await tabTo("input[name=only]");
        await page.keyboard.press("Space");
        assert.equal((await place(page)).asked.get("only"), "1");
      });
    });
  });

  describe("keys", () => {
    it("go from workload to workload, and to the matrix", async () => {
      const within = addressOf(SITE);
      await open("workload-max.html", { within }, async (page) => {
        const links = await page.$$eval("header .menu a", (all) =>
          all.map((link) => link.getAttribute("href")),
        );
        const order = links.filter((link) => link.startsWith("workload-"));
        const press = async (key, expected) => {
          await page.keyboard.press(key);
          await page.waitForURL(`**/${expected}`);
          await page.waitForLoadState("load");
        };
        assert.equal(order[0], "workload-max.html");
        await press("j", order[1]);
        await press("j", order[2]);
        await press("k", order[1]);
        // With a modifier they belong to the browser.
        await page.keyboard.press("Control+j");
        await settle(page);
        assert.equal(await opened(page), order[1]);
        await press("m", "index.html#matrix");
      });
    });

    it("of colours are kept from page to page", async () => {
      const within = addressOf(SITE);
      await open("index.html", { within }, async (page) => {
        await page.locator("#theme").click();
        const theme = () =>
          page.evaluate(() => [
            document.documentElement.dataset.theme,
            document.getElementById("theme").textContent,
          ]);
        const chosen = await theme();
        assert.equal(chosen[0], "light");
        await page.goto(`${within}/about.html`);
        assert.deepEqual(await theme(), chosen);
      });
    });
  });

  describe("its structure", () => {
    it("has headings, landmarks, labels and names, begins at its top, and asks for nothing", async () => {
      await each(SITE, listed.pages, {}, async (name, page, heard) => {
        await page.waitForLoadState("load");
        await settle(page);
        assert.equal(await page.evaluate(() => scrollY), 0, name);
        const itself = `${addressOf(SITE)}/${name}`;
        assert.deepEqual([...new Set(heard.asked)], [itself]);
        const found = await page.evaluate(() => {
          const ids = probe.all("[id]").map((one) => one.id);
          const named = (element) =>
            Boolean(
              element.getAttribute("aria-label")?.trim() ||
                (element.getAttribute("aria-labelledby") ?? "")
                  .split(/\s+/)
                  .some((id) => document.getElementById(id)?.textContent.trim()),
            );
          const tell = (element) => element.outerHTML.slice(0, 120);
          const nameless = (selector, others) =>
            probe
              .all(selector)
              .filter((element) => !named(element) && !others(element))
              .map(tell);
          const target = (link) => {
            const [id] = link.getAttribute("href").slice(1).split("?");
            return id === "" || document.getElementById(decodeURIComponent(id));
          };
          return {
            title: document.title.trim() !== "",
            language: document.documentElement.lang,
            headlines: probe.all("h1").length,
            mains: probe.all("main").length,
            navigations: nameless("nav", () => false),
            controls: nameless("input, select, textarea", (control) =>
              [...control.labels].some((label) => label.textContent.trim()),
            ),
            buttons: nameless("button, a[href], summary", (button) =>
              button.textContent.trim(),
            ),
            pictures: nameless(
              "svg:not([aria-hidden=true]):not(svg svg)",
              (svg) => svg.querySelector(":scope > title")?.textContent.trim(),
            ),
            unannounced: probe
              .all("svg:not([aria-hidden=true]):not(svg svg)")
              .filter((svg) => svg.getAttribute("role") !== "img")
              .map(tell),
            tables: nameless("table", (table) =>
              table.caption?.textContent.trim(),
            ),
            twice: ids.filter((id, at) => ids.indexOf(id) !== at),
            loose: probe
              .all('a[href^="#"]')
              .filter((link) => !target(link))
              .map(tell),
            foreign: probe
              .all("a[href]")
              .map((link) => link.getAttribute("href")),
            links: probe
              .all('a[href]:not([href^="https:"])')
              .map((link) => link.getAttribute("href").split("#")[0])
              .filter((file) => file !== ""),
          };
        });
        const lost = found.links.filter((link) => !listed.pages.includes(link));
        assert.deepEqual(lost, [], name);
        delete found.links;
        found.foreign = found.foreign.filter((href) => !LINK.test(href));
        assert.deepEqual(found, {
          title: true,
          language: "en",
          headlines: 1,
          mains: 1,
          navigations: [],
          controls: [],
          buttons: [],
          pictures: [],
          unannounced: [],
          tables: [],
          twice: [],
          loose: [],
          foreign: [],
        }, name);
        const levels = await page.evaluate(() =>
          probe
            .all("h1, h2, h3, h4, h5, h6")
            .filter(probe.visible)
            .map((head) => Number(head.localName[1])),
        );
        levels.forEach((level, at) =>
          assert.ok(
            at === 0 ? level === 1 : level <= levels[at - 1] + 1,
            `${name}: headings ${levels.join(" ")}`,
          ),
        );
      });
    });
  });

  describe("in light and dark", () => {
    const paper = (page) =>
      page.evaluate(() => probe.luminance(probe.groundOf(document.body)[0]));

    it("follows the system and the button", async () => {
      const until = async (page, theme) => {
        for (let press = 0; press < 3; press++) {
          const now = () =>
            page.evaluate(() => document.documentElement.dataset.theme);
          if ((await now()) === theme) return;
          await page.locator("#theme").click();
        }
        await settle(page);
        const found = await page.evaluate(
          () => document.documentElement.dataset.theme,
        );
        assert.equal(found, theme);
      };
      await open("index.html", LIGHT, async (page) => {
        const day = await paper(page);
        assert.ok(day > 0.7, `a luminance of ${day}`);
        await until(page, "dark");
        const night = await paper(page);
        assert.ok(night < 0.2, `a luminance of ${night}`);
        await until(page, "light");
        assert.equal(await paper(page), day);
      });
      await open("index.html", DARK, async (page) => {
        const night = await paper(page);
        assert.ok(night < 0.2, `a luminance of ${night}`);
        await until(page, "light");
        assert.ok((await paper(page)) > 0.7);
      });
    });

    for (const scheme of [LIGHT, DARK]) {
      it(`is readable in ${scheme.colorScheme}`, async (t) => {
        let least = { ratio: Infinity };
        let kinds = 0;
        const places = [
          "index.html",
          fetchPage("?m=tokio,rayon,threads"),
          fetchPage("?m=tokio,smol&only=1"),
          "workload-counter.html#?m=rayon,threads",
          "model-tokio.html",
          "session-1.html",
          "faults.html",
          "traps.html",
          "questions.html",
          "about.html",
        ];
        await each(SITE, places, scheme, async (place, page) => {
          await settle(page);
          const found = await page.evaluate(() => probe.contrasts());
          assert.ok(found.length > 5, `${place} has little text`);
          kinds += found.length;
          const faint = found.filter(
            ({ ratio, large }) => ratio < (large ? 3 : 4.5),
          );
          assert.deepEqual(faint, [], place);
          for (const one of found) if (one.ratio < least.ratio) least = one;
        });
        t.diagnostic(
          `${scheme.colorScheme}: ${kinds} kinds of text, least contrast ` +
            `${least.ratio.toFixed(1)} (${least.kind})`,
        );
      });

      it(`has readable cells in ${scheme.colorScheme}`, async () => {
        const heats = Array.from({ length: 9 }, (_, heat) => `h${heat}`);
        const grades = ["fastest", "as-fast", "at-most", "slower", "open", "only"];
        const classes = [
          ...grades.flatMap((grade) =>
            heats.map((heat) => `${grade} ${heat}`),
          ),
          "refused",
          "failed",
          "missing",
        ];
        await open("index.html", scheme, async (page) => {
          const found = await page.evaluate((classes) => {
            const table = probe.all("table.heat").find(probe.visible);
            const full = probe
              .all("td", table)
              .find((cell) => cell.querySelector("a"));
            const bare =
              probe
                .all("td[data-model]", table)
                .find((cell) => !cell.querySelector("a")) ?? full;
            return classes.map((names) => {
              const cell = /h\d/.test(names) ? full : bare;
              return [names, probe.contrastAs(cell, names)];
            });
          }, classes);
          assert.deepEqual(
            found.filter(([, ratio]) => !(ratio >= 4.5)),
            [],
          );
        });
      });
    }
  });

  describe("on a narrow screen", () => {
    it("is not wider than the screen, and shows what is", async () => {
      await each(SITE, listed.pages, NARROW, async (name, page) => {
        await settle(page);
        // Boxes far below are laid out when they come near.
        const count = await page.locator(".scroll").count();
        for (let at = 0; at < count; at++) {
          await page.evaluate((at) => {
            probe.all(".scroll")[at].scrollIntoView();
            return probe.painted();
          }, at);
        }
        await settle(page);
        const found = await page.evaluate(() => ({
          width: document.documentElement.scrollWidth,
          hidden: ["html", "body", "main"].filter((name) =>
            /hidden|clip/.test(
              getComputedStyle(document.querySelector(name)).overflowX,
            ),
          ),
          silent: probe
            .all(".scroll")
            .filter(probe.visible)
            .filter((box) => box.scrollWidth > box.clientWidth + 2)
            .filter((box) => !box.classList.contains("more"))
            .map((box) => box.outerHTML.slice(0, 80)),
        }));
        assert.ok(found.width <= 360, `${name} is ${found.width} px wide`);
        assert.deepEqual(found.hidden, [], name);
        assert.deepEqual(found.silent, [], name);
      });
      await open("index.html", NARROW, async (page) => {
        const box = page.locator("#matrix .scroll").first();
        const more = () =>
          box.evaluate((one) => one.classList.contains("more"));
        assert.ok(await more());
        await box.evaluate((one) => one.scrollTo(one.scrollWidth, 0));
        await settle(page);
        await settle(page);
        assert.equal(await more(), false);
      });
    });

    it("has siblings one below the other", async () => {
      await open(fetchPage("?m=tokio,rayon,threads"), NARROW, async (page) => {
        await settle(page);
        const pieces = await page.evaluate(() => probe.pieces());
        assert.equal(new Set(pieces.map((piece) => piece.column)).size, 3);
        const boxes = pieces
          .map((piece) => piece.box)
          .sort((a, b) => a.top - b.top);
        for (let at = 1; at < boxes.length; at++) {
          assert.ok(
            boxes[at].top >= boxes[at - 1].bottom - 1,
            "two pieces stand side by side",
          );
        }
      });
    });
  });

  describe("in print", () => {
    const place = fetchPage("?m=tokio,rayon,threads");

    it("is a document", async (t) => {
      await open(place, {}, async (page) => {
        await settle(page);
        const pdf = await page.pdf({ preferCSSPageSize: true });
        const pages = pdf.toString("latin1").match(/\/Type\s*\/Page\b(?!s)/g);
        t.diagnostic(`print: ${pages?.length} pages, ${pdf.length} bytes`);
        assert.equal(pdf.subarray(0, 5).toString(), "%PDF-");
        assert.ok(pages?.length >= 1);
        assert.ok(pdf.length > 20_000, `${pdf.length} bytes`);
        // Landscape.
        const box = pdf
          .toString("latin1")
          .match(/\/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)/);
        assert.ok(Number(box?.[1]) > Number(box?.[2]), `${box}`);
      });
    });

    for (const scheme of [LIGHT, DARK]) {
      it(`is whole on paper, from ${scheme.colorScheme}`, async () => {
        await open(place, { ...scheme, ...PAPER }, async (page) => {
          await settle(page);
          await page.emulateMedia({ media: "print" });
          await settle(page);
          const boxes = (await page.evaluate(() => probe.columns())).map(
            (column) => column.box,
          );
          assert.equal(boxes.length, 3);
          for (let at = 1; at < boxes.length; at++) {
            assert.ok(boxes[at].left >= boxes[at - 1].right - 1, "side by side");
          }
          const found = await page.evaluate(() => {
            const lines = probe
              .all("article.chosen ol.code > li")
              .filter(probe.visible);
            const ink = getComputedStyle(document.body).color;
            return {
              controls: probe
                .all("nav, form, button, select, input")
                .filter(probe.visible)
                .map((element) => element.outerHTML.slice(0, 80)),
              lines: lines.length,
              clipped: lines
                .filter(
                  (line) =>
                    line.scrollWidth > line.clientWidth ||
                    line.getBoundingClientRect().right > innerWidth + 1,
                )
                .map((line) => line.textContent),
              boxes: probe
                .all("main *")
                .filter(probe.visible)
                .filter((box) => box.scrollWidth > box.clientWidth + 1)
                .filter((box) =>
                  /auto|scroll|hidden|clip/.test(
                    getComputedStyle(box).overflowX,
                  ),
                )
                .map((box) => box.outerHTML.slice(0, 80)),
              width: document.documentElement.scrollWidth,
              ink,
              faint: probe.contrasts().filter(({ ratio }) => ratio < 4.5),
              paper: probe.luminance(probe.groundOf(document.body)[0]),
            };
          });
          assert.deepEqual(found.controls, []);
          assert.ok(found.lines > 60, `${found.lines} lines of source`);
          assert.deepEqual(found.clipped, []);
          assert.deepEqual(found.boxes, []);
          assert.ok(found.width <= 1047, `${found.width} px wide`);
          assert.ok(found.paper > 0.9, `paper of luminance ${found.paper}`);
          assert.deepEqual(found.faint, []);
        });
      });
    }
  });

  describe("without a script", () => {
    it("shows every workload, model, table and source, with no style or handler in its markup", async () => {
      const silent = { javaScriptEnabled: false };
      await each(SITE, listed.pages, silent, async (name, page) => {
        const markup = await page.evaluate(() => {
          const elements = [...document.querySelectorAll("*")];
          const attributes = elements.flatMap((one) =>
            one.getAttributeNames(),
          );
          return {
            styled: attributes.filter((name) => name === "style").length,
            handlers: attributes.filter((name) => /^on/.test(name)),
            styles: document.querySelectorAll("style").length,
            // One before anything is painted.
            early: document.head.querySelectorAll("script").length,
            sourced: document.querySelectorAll("[src], link").length,
          };
        });
        assert.deepEqual(
          markup,
          { styled: 0, handlers: [], styles: 1, early: 1, sourced: 0 },
          name,
        );
        await page.evaluate(install);
        const found = await page.evaluate(() => ({
          script: document.documentElement.classList.contains("js"),
          siblings: probe.all("article.sibling").filter(probe.visible).length,
          sources: probe.all("article.sibling").length,
          lines: probe.all("ol.code > li").filter(probe.visible).length,
          tables: probe.all("main table").filter(probe.visible).length,
          every: probe.all("main table").length,
          idle: probe
            .all("button, select, input")
            .filter(probe.visible)
            .map((control) => control.outerHTML.slice(0, 80)),
          width: document.documentElement.scrollWidth,
          text: document.body.innerText,
        }));
        assert.equal(found.script, false);
        assert.equal(found.tables, found.every, name);
        assert.deepEqual(found.idle, [], "controls that do nothing");
        assert.ok(found.width <= 1280, `${name} is ${found.width} px wide`);
        assert.ok(found.text.length > 300, name);
        if (!name.startsWith("workload-")) return;
        // Every runtime has every workload.
        assert.ok(found.siblings >= 7, `${name}: ${found.siblings} siblings`);
        assert.equal(found.siblings, found.sources, `${name}: hidden siblings`);
        assert.ok(found.lines >= 200, `${name}: ${found.lines} lines`);
        assert.ok(found.tables >= 1, `${name} has no figures`);
        if (name === "workload-fetch.html") {
          assert.ok(found.text.includes("tokio::spawn"));
        }
      });
    });
  });

  describe("one workload alone", () => {
    it("is whole, and leads nowhere", async () => {
      await visit(browser, addressOf(SINGLE), WIDE, async (page) => {
        await settle(page);
        const found = await page.evaluate(() => ({
          columns: probe.columns().length,
          figures: probe.all(".figures.shown").length,
          lanes: probe.all(".lane").length,
          links: probe
            .all("a[href]")
            .map((link) => link.getAttribute("href"))
            .filter((href) => !href.startsWith("#")),
        }));
        assert.ok(found.columns >= 2 && found.figures > 0 && found.lanes > 3);
        assert.deepEqual(found.links, []);
      });
    });
  });

  describe("of hostile results", () => {
    const read = (name) =>
      JSON.parse(readFileSync(new URL(name, import.meta.url), "utf8"));
    const results = read("hostile.json");
    const map = read("hostile-map.json");
    const metg = read("hostile-metg.json");
    const crossover = read("hostile-crossover.json");

    it("shows names literally, and nothing runs", async () => {
      const names = [
        ...new Set(
          results.rows.flatMap((row) => [
            row.workload,
            row.size,
            ...row.contenders.map((contender) => contender.name),
          ]),
        ),
        ...metg.curves.map((curve) => curve.name),
        ...map.rows[0].contenders.map((contender) => contender.name),
        crossover.workload,
        crossover.yardstick,
        map.machine.processor,
        results.machine.processor,
        results.machine.system,
        results.build.rustc,
      ].filter((name) => name !== "" && name.length < 100);
      assert.ok(names.length > 12);
      const files = pagesOf(HOSTILE);
      assert.ok(files.length > 10);
      for (const file of readdirSync(HOSTILE)) {
        assert.match(file, /^([\w-]{1,80}\.html|lanes-site\.txt)$/);
      }
      for (const javaScriptEnabled of [false, true]) {
        let text = "";
        const options = { javaScriptEnabled, ...NARROW };
        await each(HOSTILE, files, options, async (file, page) => {
          await page.evaluate(install);
          if (javaScriptEnabled) await settle(page);
          const width = await page.evaluate(
            () => document.documentElement.scrollWidth,
          );
          assert.ok(width <= 360, `${file} is ${width} px wide`);
          const found = await page.evaluate(() => ({
            foreign: probe
              .all("iframe, img, marquee, object, embed, base, link, u")
              .map((element) => element.outerHTML.slice(0, 80)),
            handlers: probe
              .all("*")
              .flatMap((element) => element.getAttributeNames())
              .filter((name) => /^on/.test(name)),
            styles: probe.all("style").length,
            hrefs: probe
              .all("[href], [src], [action]")
              .flatMap((element) =>
                ["href", "src", "action"].map((name) =>
                  element.getAttribute(name),
                ),
              )
              .filter((url) => url !== null),
            text: probe
              .all("main *:not(script)")
              .flatMap((element) => [...element.childNodes])
              .filter((node) => node.nodeType === Node.TEXT_NODE)
              .map((node) => node.data)
              .join("\n"),
          }));
          assert.deepEqual(found.foreign, []);
          assert.deepEqual(found.handlers, []);
          assert.deepEqual(found.hrefs.filter((url) => !LINK.test(url)), []);
          assert.equal(found.styles, 1);
          text += found.text;
        });
        for (const name of names) {
          // Marks of direction are shown as escapes: they would change how
          // the text around them is read.
          const shown = name.replace(
            /[\u2028-\u202e]/g,
            (mark) => `\\u{${mark.codePointAt(0).toString(16)}}`,
          );
          assert.ok(text.includes(shown), `${shown} is not shown`);
        }
      }
    });

    it("shows the map by scrolling, no text across another", async () => {
      const small = { viewport: { width: 390, height: 800 } };
      for (const file of ["index.html", "map-1.html"]) {
        const address = `${addressOf(HOSTILE)}/${file}`;
        await visit(browser, address, small, async (page) => {
          await settle(page);
          const found = await page.evaluate(() => {
            const [frame] = document.querySelectorAll(".scroll.map");
            const texts = [...frame.querySelectorAll("text")].map((text) => ({
              words: text.textContent,
              box: text.getBoundingClientRect(),
              size: parseFloat(getComputedStyle(text).fontSize),
            }));
            const apart = (a, b) =>
              a.right <= b.left + 1 ||
              b.right <= a.left + 1 ||
              a.bottom <= b.top + 4 ||
              b.bottom <= a.top + 4;
            const pairs = texts.flatMap((one, at) =>
              texts.slice(at + 1).map((other) => [one, other]),
            );
            const hatched = frame.querySelector("rect[fill='url(#map-open)']");
            return {
              across: pairs
                .filter(([one, other]) => !apart(one.box, other.box))
                .map(([one, other]) => [one.words, other.words]),
              least: Math.min(...texts.map((text) => text.size)),
              scrolls: frame.scrollWidth > frame.clientWidth,
              page: document.documentElement.scrollWidth,
              hatched: hatched !== null,
              tiles: document.querySelectorAll("#map-open").length,
            };
          });
          assert.deepEqual(found.across, []);
          assert.ok(found.least >= 11, `letters of ${found.least} px`);
          assert.ok(found.scrolls && found.hatched);
          assert.ok(found.page <= 390, `${found.page} px wide`);
          assert.equal(found.tiles, 1);
        });
      }
    });

    it("works all the same", async () => {
      const within = addressOf(HOSTILE);
      const options = { ...NARROW, within };
      await visit(browser, `${within}/index.html`, options, async (page) => {
        const links = await page.$$eval("table.heat td a", (all) =>
          all.map((link) => link.getAttribute("href")),
        );
        assert.ok(links.length > 1);
        for (const link of links) {
          await page.goto(`${within}/index.html`);
          await page.goto(`${within}/${link}`);
          assert.equal(await opened(page), link.split("#")[0]);
        }
      });
    });
  });

  it("is photographed", { skip: !PICTURES && "no LANES_SCREENSHOTS" }, async () => {
    const fetch = "workload-fetch.html#?m=tokio,rayon,threads";
    const shots = [
      ["index", "index.html", WIDE],
      ["workload", "workload-fetch.html#?m=tokio,rayon", {}],
      ["source", fetch, WIDE, ".siblings"],
      ["timelines", fetch, {}, ".timelines"],
      ["model", "model-tokio.html", {}],
      ["session", "session-1.html", {}],
      ["matrix", "matrix-quick-1.html", WIDE],
      ["faults", "faults.html", {}],
      ["traps", "traps.html", {}],
      ["dark-traps", "traps.html", DARK],
      ["questions", "questions.html", {}],
      ["about", "about.html", {}],
      ["dark-index", "index.html", { ...DARK, ...WIDE }],
      ["dark-workload", fetch, { ...DARK, ...WIDE }],
      ["narrow-index", "index.html", NARROW],
      ["narrow-workload", fetch, NARROW],
      ["print", fetch, PAPER],
    ];
    for (const [name, place, options, selector] of shots) {
      await open(place, { ...options, strict: false }, async (page) => {
        await settle(page);
        if (name === "print") await page.emulateMedia({ media: "print" });
        await picture(page, name, selector);
      });
    }
    const silent = { javaScriptEnabled: false, strict: false };
    await open("index.html", silent, async (page) => {
      await page.screenshot({ path: join(PICTURES, "no-script.png") });
    });
    const unkind = { ...WIDE, strict: false };
    await visit(browser, `${addressOf(HOSTILE)}/index.html`, unkind, (page) =>
      picture(page, "hostile"),
    );
  });
});
