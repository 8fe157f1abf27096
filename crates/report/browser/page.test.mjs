// The page in a real browser. LANES_PAGE is a page of real results, and
// LANES_HOSTILE_PAGE one of results whose names would like to be markup.
// Pictures are put into LANES_SCREENSHOTS if it is set.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { addressOf, launch, unrolled, visit } from "./chromium.mjs";
import { install } from "./probe.mjs";

const PAGE = process.env.LANES_PAGE;
const HOSTILE = process.env.LANES_HOSTILE_PAGE;
const PICTURES = process.env.LANES_SCREENSHOTS;

// What the page is meant to need on its own machine, in milliseconds. A test
// fails only far beyond, since machines are noisy; the figure is printed.
const PAINT = { goal: 1000, slack: 3 };
const SWITCH = { goal: 100, slack: 10 };
const SCROLL = { goal: 100, slack: 10 };

const LIGHT = { colorScheme: "light", reducedMotion: "reduce" };
const DARK = { colorScheme: "dark", reducedMotion: "reduce" };
const WIDE = { viewport: { width: 1600, height: 1000 } };
const NARROW = { viewport: { width: 360, height: 800 } };
const PAPER = { viewport: { width: 718, height: 1000 } };

const middle = (numbers) =>
  [...numbers].sort((a, b) => a - b)[numbers.length >> 1];
const rounded = (milliseconds) => `${milliseconds.toFixed(0)} ms`;

describe("the page", { timeout: 600_000 }, () => {
  let browser;
  /** The names that the page itself lists. */
  const listed = { views: [], workloads: [], models: [] };

  /** Opens the page at a place of it. */
  const open = (place, options, act) =>
    visit(browser, addressOf(PAGE) + place, options, act);

  before(async () => {
    assert.ok(PAGE, "LANES_PAGE is not set");
    assert.ok(HOSTILE, "LANES_HOSTILE_PAGE is not set");
    browser = await launch();
    await open("", { strict: false }, async (page) => {
      const found = await page.evaluate(() => ({
        views: probe.all("section.view").map((view) => view.id),
        workloads: probe
          .all("section.view[data-workload]")
          .map((view) => view.dataset.workload),
        models: probe
          .all("section.view[data-model]")
          .map((view) => view.dataset.model),
      }));
      Object.assign(listed, found);
    });
    assert.ok(listed.workloads.includes("fetch"), "there is no fetch");
    for (const model of ["tokio", "rayon", "threads", "smol", "crossbeam"]) {
      assert.ok(listed.models.includes(model), `there is no ${model}`);
    }
  });
  after(() => browser?.close());

  const settle = (page) => page.evaluate(() => probe.painted());
  const go = async (page, place) => {
    await page.evaluate((hash) => probe.go(hash), place);
    await settle(page);
  };

  /** The one view that is shown. */
  const shown = async (page) => {
    const ids = await page.evaluate(() => probe.shown());
    assert.equal(ids.length, 1, `${ids.length} views are shown: ${ids}`);
    const marked = await page.$$eval("section.view.shown", (views) =>
      views.map((view) => view.id),
    );
    assert.deepEqual(marked, ids);
    return ids[0];
  };

  /** The models of the columns, from left to right. */
  const columns = (page) =>
    page.evaluate(() => probe.columns().map((column) => column.models));
  const assertColumns = async (page, models) => {
    const found = await columns(page);
    const text = `columns ${found.map((names) => names.join("/"))}`;
    assert.equal(found.length, models.length, text);
    models.forEach((model, at) => assert.ok(found[at].includes(model), text));
  };

  /** What the address says. */
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
    it("asks for nothing and complains of nothing", async () => {
      const act = async (page, heard) => {
        for (const view of listed.views) {
          await go(page, `#${view}`);
          assert.equal(await shown(page), view);
        }
        return heard;
      };
      const heard = await open("", { strict: false }, act);
      assert.deepEqual(heard.complaints, []);
      assert.deepEqual([...new Set(heard.asked)], [addressOf(PAGE)]);
    });

    it("refuses whatever is not its own", async () => {
      await open("", { strict: false }, async (page, heard) => {
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
    });

    it("is small", (t) => {
      const { size } = statSync(PAGE);
      t.diagnostic(`size: ${(size / 1e6).toFixed(2)} MB`);
      assert.ok(size < 3_000_000, `${size} bytes`);
    });

    it("has no style or handler in its markup", async () => {
      const silent = { javaScriptEnabled: false };
      const found = await open("", silent, (page) =>
        page.evaluate(() => {
          const elements = [...document.querySelectorAll("*")];
          const attributes = elements.flatMap((one) => one.getAttributeNames());
          return {
            styled: attributes.filter((name) => name === "style").length,
            handlers: attributes.filter((name) => /^on/.test(name)),
            styles: document.querySelectorAll("style").length,
            // Others are data.
            scripts: document.querySelectorAll("script:not([type])").length,
          };
        }),
      );
      assert.deepEqual(found, {
        styled: 0,
        handlers: [],
        styles: 1,
        // One before anything is painted, one when all is there.
        scripts: 2,
      });
    });

    it("is painted soon", async (t) => {
      const times = [];
      for (let load = 0; load < 5; load++) {
        const time = await open("", {}, async (page) => {
          await settle(page);
          return page.evaluate(
            () =>
              performance.getEntriesByName("first-contentful-paint")[0]
                ?.startTime,
          );
        });
        assert.ok(time > 0, "nothing was painted");
        times.push(time);
      }
      const { goal, slack } = PAINT;
      const time = middle(times);
      t.diagnostic(
        `first contentful paint: ${rounded(time)}, median of 5 loads ` +
          `(${times.map(rounded).join(", ")}; goal ${rounded(goal)})`,
      );
      assert.ok(time < goal * slack, `${rounded(time)}`);
    });

    it("scrolls without a halt", async (t) => {
      const four = "#fetch?m=tokio,rayon,threads,smol";
      for (const place of ["#matrix", four]) {
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

    it("switches models and workloads at once", async (t) => {
      const pairs = [
        ["tokio", "rayon"],
        ["threads", "smol", "crossbeam"],
      ];
      const { links, clicks } = await open("#matrix", {}, async (page) => {
        const links = [];
        for (let turn = 0; turn < 20; turn++) {
          const workload = listed.workloads[turn % listed.workloads.length];
          const models = pairs[turn % pairs.length];
          links.push(
            await page.evaluate(
              (hash) => probe.untilPainted(() => probe.go(hash)),
              `#${workload}?m=${models}`,
            ),
          );
          assert.equal(await shown(page), workload);
          await assertColumns(page, models);
        }
        const clicks = [];
        await go(page, "#fetch?m=tokio,rayon");
        for (let turn = 0; turn < 20; turn++) {
          const before = await columns(page);
          clicks.push(
            await page.evaluate(
              () =>
                probe.untilPainted(() =>
                  document
                    .querySelector(".shown input[name=m][value=threads]")
                    .click(),
                ),
            ),
          );
          assert.notDeepEqual(await columns(page), before);
        }
        return { links, clicks };
      });
      const { goal, slack } = SWITCH;
      for (const [what, times] of Object.entries({ links, clicks })) {
        t.diagnostic(
          `switching by ${what}: ${rounded(middle(times))}, median of ` +
            `${times.length}, longest ${rounded(Math.max(...times))} ` +
            `(goal ${rounded(goal)})`,
        );
        assert.ok(middle(times) < goal * slack);
      }
    });
  });

  describe("the matrix", () => {
    const values = (page, selector) =>
      page.$$eval(`${selector} option:not(:disabled)`, (options) =>
        options.map((option) => option.value),
      );
    /** The tables that are shown. */
    const tables = (page) =>
      page.evaluate(() =>
        probe
          .all("#matrix table.heat")
          .filter(probe.visible)
          .map(({ dataset }) => ({
            size: dataset.size,
            workers: dataset.workers,
            session: dataset.session,
          })),
      );

    it("shows the tables that are chosen", async () => {
      await open("#matrix", {}, async (page) => {
        const every = await page.$$eval("#matrix table.heat", (found) =>
          found.map(({ dataset }) => `${dataset.size}/${dataset.workers}`),
        );
        const seen = new Set();
        for (const size of await values(page, "#size")) {
          await page.selectOption("#size", size);
          for (const workers of await values(page, "#workers")) {
            await page.selectOption("#workers", workers);
            await settle(page);
            const found = await tables(page);
            if (every.includes(`${size}/${workers}`)) {
              assert.ok(found.length > 0, `none of ${size}, ${workers}`);
            }
            for (const table of found) {
              assert.equal(table.size, size);
              assert.equal(table.workers, workers);
              seen.add(`${size}/${workers}`);
            }
          }
        }
        assert.deepEqual([...seen].sort(), [...new Set(every)].sort());
      });
    });

    it("is sorted by a model's ratios", async () => {
      await open("#matrix", {}, async (page) => {
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
      await open("#matrix", {}, async (page) => {
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
      await open("#matrix", {}, async (page) => {
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
      await open("#matrix", {}, async (page) => {
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
      await open("#matrix", {}, async (page) => {
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
                best: cell.classList.contains("fastest"),
                href: cell.querySelector("a").getAttribute("href"),
              })),
          );
        });
        assert.ok(links.length > 10);
        for (const { workload, model, href } of links) {
          assert.equal(href.slice(1).split("?")[0], workload);
          const query = new URLSearchParams(href.split("?")[1]);
          const models = query.get("m").split(",");
          assert.ok(models.includes(model), `${href} of ${model}`);
        }
        const { href, model } = links.find(
          (link) => link.workload === "fetch" && !link.best,
        );
        const link = page.locator(
          `table.heat td:visible a[href="${href}"]:visible`,
        );
        await link.first().click();
        await settle(page);
        assert.equal(await shown(page), "fetch");
        assert.ok((await columns(page)).flat().includes(model));
      });
    });
  });

  describe("a choice of models", () => {
    it("has two to four columns, and an address", async () => {
      await open("#fetch?m=tokio,rayon", {}, async (page) => {
        const boxes = page.locator(".shown form.choice input[name=m]");
        const state = async () => {
          await settle(page);
          const found = await columns(page);
          const { view, models } = await place(page);
          assert.equal(view, "fetch");
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
            const boxes = probe.all(".shown form.choice input[name=m]");
            boxes.find((box) => box.value === model).click();
          }, model);
        assert.deepEqual(await state(), ["tokio", "rayon"]);
        await page.locator('.shown input[name=m][value="threads"]').click();
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

    it("is opened at its top", async () => {
      for (const view of ["#matrix", "#fetch", "#about", "#model-tokio"]) {
        await open(view, {}, async (page) => {
          await page.waitForLoadState("load");
          await settle(page);
          await settle(page);
          assert.equal(await page.evaluate(() => scrollY), 0, view);
        });
      }
    });

    it("is what a link says, in its order", async () => {
      const links = [
        ["tokio", "rayon"],
        ["rayon", "tokio"],
        ["threads", "tokio", "rayon"],
        ["smol", "crossbeam", "threads", "tokio"],
      ];
      for (const models of links) {
        await open(`#fetch?m=${models}`, {}, async (page) => {
          await settle(page);
          assert.equal(await shown(page), "fetch");
          await assertColumns(page, models);
          assert.deepEqual((await place(page)).models, models);
        });
      }
    });

    it("falls back where a link makes no sense", async () => {
      const fallbacks = {
        "#nonsense?m=<b>": null,
        "#%E0%A4%A": null,
        "#__proto__?m=constructor": null,
        "#fetch?m=zzz": "fetch",
        "#fetch?m=": "fetch",
        "#fetch?m=tokio": "fetch",
        "#fetch?m=tokio,tokio,tokio": "fetch",
        "#fetch?m=toString,__proto__": "fetch",
        "#fetch?m=%E0%A4%A,tokio&only=%": "fetch",
        "#fetch?m=tokio,rayon&size=zzz&w=-1": "fetch",
        "#fetch?m=tokio,rayon,threads,smol,crossbeam,async-std": "fetch",
        "#model-zzz": null,
        "#size": null,
      };
      for (const [hash, view] of Object.entries(fallbacks)) {
        await open(hash, {}, async (page) => {
          await settle(page);
          const found = await shown(page);
          if (view) {
            assert.equal(found, view, hash);
            const count = (await columns(page)).length;
            assert.ok(count >= 2 && count <= 4, `${hash}: ${count} columns`);
          } else {
            assert.ok(listed.views.includes(found), hash);
          }
        });
      }
    });

    it("stays while the page is jumped in", async () => {
      await open("#fetch?m=smol,rayon", {}, async (page) => {
        const jumps = page.locator(".shown .jump a");
        assert.ok((await jumps.count()) >= 3);
        for (const jump of await jumps.all()) {
          const [, target] = (await jump.getAttribute("href")).split("#");
          await jump.click();
          await settle(page);
          assert.equal(await shown(page), "fetch");
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
      await open("#matrix", {}, async (page) => {
        await page.locator('header a[href="#fetch"]').first().evaluate((link) =>
          link.click(),
        );
        await settle(page);
        assert.equal(await shown(page), "fetch");
        await page.evaluate(() =>
          document
            .querySelector(".shown input[name=m]:not(:checked)")
            .click(),
        );
        await settle(page);
        const chosen = await columns(page);
        await page.goBack();
        await settle(page);
        assert.equal(await shown(page), "matrix");
        await page.goForward();
        await settle(page);
        assert.equal(await shown(page), "fetch");
        assert.deepEqual(await columns(page), chosen);
      });
    });
  });

  describe("siblings side by side", () => {
    it("stand in columns, each part at one height", async () => {
      for (const workload of listed.workloads) {
        const link = `#${workload}?m=tokio,rayon,threads`;
        await open(link, WIDE, async (page) => {
          await settle(page);
          const boxes = (await page.evaluate(() => probe.columns())).map(
            (column) => column.box,
          );
          assert.equal(boxes.length, 3);
          for (let at = 1; at < boxes.length; at++) {
            assert.ok(
              boxes[at].left >= boxes[at - 1].right - 1,
              `column ${at} of ${workload} begins in the one before`,
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
            assert.ok(apart <= 1, `${workload}: ${key} is ${apart} px apart`);
          }
        });
      }
    });

    it("mark the words that differ from the left one", async () => {
      await open("#fetch?m=tokio,smol", WIDE, async (page) => {
        await settle(page);
        const pieces = await page.evaluate(() => probe.pieces());
        const marks = (column) =>
          pieces
            .filter((piece) => piece.column === column)
            .reduce((sum, piece) => sum + piece.marks, 0);
        assert.ok(marks(1) > 0, "nothing is marked");
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

    it("show what they import", async () => {
      await open("#fetch?m=rayon,threads", WIDE, async (page) => {
        await settle(page);
        const imports = await page.$$eval(
          ".shown article.chosen .imports",
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
      await open("#fetch?m=tokio,smol", WIDE, async (page) => {
        const pieces = async () => {
          await settle(page);
          return page.evaluate(() => probe.pieces());
        };
        const count = (all) => all.reduce((sum, p) => sum + p.lines.length, 0);
        const before = await pieces();
        const only = page.locator(".shown input[name=only]");
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
      await open("#fetch?m=tokio,smol&only=1", WIDE, async (page) => {
        await settle(page);
        assert.ok(await page.isChecked(".shown input[name=only]"));
        // Lines below hidden ones keep the numbers that they have in the file.
        const numbers = await page.$$eval(
          ".shown article.chosen ol.code",
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
      await open("#fetch?m=tokio,rayon", WIDE, async (page) => {
        await settle(page);
        const starts = await page.$$eval(
          ".shown article.sibling ol.code",
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
      await open("#fetch?m=tokio,rayon,threads", {}, async (page) => {
        await settle(page);
        const drawn = () =>
          page.evaluate(() =>
            probe
              .all(".shown .timelines svg")
              .filter(probe.visible)
              .map((svg) => svg.textContent.slice(0, 4000)),
          );
        const box = (name) =>
          page.locator(`.shown .timelines input[name="${name}"]`).first();
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
              .all(".shown .timelines figure.lane")
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
  });

  describe("without a mouse", () => {
    it("reaches everything, and shows where it is", async () => {
      await open("#matrix", {}, async (page) => {
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

        for (const select of ["#size", "#workers", "#order", "#models"]) {
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

        await tabTo('table.heat td a[href^="#fetch?"]');
        await page.keyboard.press("Enter");
        await settle(page);
        assert.equal(await shown(page), "fetch");

        await tabTo(".shown form.choice input[name=m]:not(:checked)");
        const narrower = await columns(page);
        await page.keyboard.press("Space");
        await settle(page);
        assert.notDeepEqual(await columns(page), narrower);
        await tabTo(".shown input[name=only]");
        await page.keyboard.press("Space");
        assert.equal((await place(page)).asked.get("only"), "1");
      });
    });
  });

  describe("keys", () => {
    it("go from workload to workload, and to the matrix", async () => {
      await open("#matrix", {}, async (page) => {
        const press = async (key) => {
          await page.keyboard.press(key);
          await settle(page);
          return shown(page);
        };
        await go(page, `#${listed.workloads[0]}`);
        assert.equal(await press("j"), listed.workloads[1]);
        assert.equal(await press("j"), listed.workloads[2]);
        assert.equal(await press("k"), listed.workloads[1]);
        assert.equal(await press("m"), "matrix");
        // With a modifier they belong to the browser.
        await go(page, "#fetch");
        assert.equal(await press("Control+m"), "fetch");
      });
    });
  });

  describe("its structure", () => {
    it("has headings, landmarks, labels and names", async () => {
      await open("", {}, async (page) => {
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
            return document.getElementById(decodeURIComponent(id));
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
              "svg:not([aria-hidden=true]):not([aria-hidden=true] svg)",
              (svg) => svg.querySelector(":scope > title")?.textContent.trim(),
            ),
            unannounced: probe
              .all("svg:not([aria-hidden=true]):not([aria-hidden=true] svg)")
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
              .map((link) => link.getAttribute("href"))
              .filter((href) => !/^(#|https:\/\/)/.test(href)),
          };
        });
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
        });
        for (const view of listed.views) {
          await go(page, `#${view}`);
          const levels = await page.evaluate(() =>
            probe
              .all("h1, h2, h3, h4, h5, h6")
              .filter(probe.visible)
              .map((head) => Number(head.localName[1])),
          );
          assert.ok(levels.includes(2), `${view} has no headline`);
          levels.forEach((level, at) =>
            assert.ok(
              at === 0 ? level === 1 : level <= levels[at - 1] + 1,
              `${view}: headings ${levels.join(" ")}`,
            ),
          );
        }
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
      await open("#matrix", LIGHT, async (page) => {
        const day = await paper(page);
        assert.ok(day > 0.7, `a luminance of ${day}`);
        await until(page, "dark");
        const night = await paper(page);
        assert.ok(night < 0.2, `a luminance of ${night}`);
        await until(page, "light");
        assert.equal(await paper(page), day);
      });
      await open("#matrix", DARK, async (page) => {
        const night = await paper(page);
        assert.ok(night < 0.2, `a luminance of ${night}`);
        await until(page, "light");
        assert.ok((await paper(page)) > 0.7);
      });
    });

    for (const scheme of [LIGHT, DARK]) {
      it(`is readable in ${scheme.colorScheme}`, async (t) => {
        await open("#matrix", scheme, async (page) => {
          let least = { ratio: Infinity };
          let kinds = 0;
          for (const view of [
            "#matrix",
            "#fetch?m=tokio,rayon,threads",
            "#fetch?m=tokio,smol&only=1",
            "#counter?m=rayon,threads",
            "#model-tokio",
            "#about",
          ]) {
            await go(page, view);
            const found = await page.evaluate(() => probe.contrasts());
            assert.ok(found.length > 5, `${view} has little text`);
            kinds += found.length;
            const faint = found.filter(
              ({ ratio, large }) => ratio < (large ? 3 : 4.5),
            );
            assert.deepEqual(faint, [], view);
            for (const one of found) if (one.ratio < least.ratio) least = one;
          }
          t.diagnostic(
            `${scheme.colorScheme}: ${kinds} kinds of text, least contrast ` +
              `${least.ratio.toFixed(1)} (${least.kind})`,
          );
        });
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
        await open("#matrix", scheme, async (page) => {
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
    it("is not wider than the screen", async () => {
      await open("", NARROW, async (page) => {
        for (const view of listed.views) {
          await go(page, `#${view}`);
          const found = await page.evaluate(() => ({
            width: document.documentElement.scrollWidth,
            hidden: ["html", "body", "main"].filter((name) =>
              /hidden|clip/.test(
                getComputedStyle(document.querySelector(name)).overflowX,
              ),
            ),
          }));
          assert.ok(found.width <= 360, `${view} is ${found.width} px wide`);
          assert.deepEqual(found.hidden, [], view);
        }
      });
    });

    it("has siblings one below the other", async () => {
      await open("#fetch?m=tokio,rayon,threads", NARROW, async (page) => {
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
    const place = "#fetch?m=tokio,rayon,threads";

    it("is a document", async (t) => {
      await open(place, {}, async (page) => {
        await settle(page);
        const pdf = await page.pdf({ format: "A4" });
        const pages = pdf.toString("latin1").match(/\/Type\s*\/Page\b(?!s)/g);
        t.diagnostic(`print: ${pages?.length} pages, ${pdf.length} bytes`);
        assert.equal(pdf.subarray(0, 5).toString(), "%PDF-");
        assert.ok(pages?.length >= 1);
        assert.ok(pdf.length > 20_000, `${pdf.length} bytes`);
      });
    });

    for (const scheme of [LIGHT, DARK]) {
      it(`is whole on paper, from ${scheme.colorScheme}`, async () => {
        await open(place, { ...scheme, ...PAPER }, async (page) => {
          await settle(page);
          await page.emulateMedia({ media: "print" });
          await settle(page);
          assert.equal(await shown(page), "fetch");
          const found = await page.evaluate(() => {
            const lines = probe
              .all(".shown ol.code > li")
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
                .all(".shown *")
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
          assert.ok(found.width <= 718, `${found.width} px wide`);
          assert.ok(found.paper > 0.9, `paper of luminance ${found.paper}`);
          assert.deepEqual(found.faint, []);
        });
      });
    }
  });

  describe("without a script", () => {
    it("shows every workload, model, table and source", async () => {
      const silent = { javaScriptEnabled: false };
      await open("", silent, async (page) => {
        await page.evaluate(install);
        const found = await page.evaluate(() => ({
          script: document.documentElement.classList.contains("js"),
          hidden: probe
            .all("section.view")
            .filter((view) => !probe.visible(view))
            .map((view) => view.id),
          workloads: probe.all("section.view[data-workload]").map((view) => ({
            id: view.id,
            siblings: probe.all("article.sibling", view).filter(probe.visible)
              .length,
            lines: probe.all("ol.code > li", view).filter(probe.visible).length,
            figures: probe.all("table", view).filter(probe.visible).length,
          })),
          models: probe
            .all("section.view[data-model]")
            .filter((view) => view.innerText.trim().length > 100).length,
          tables: probe.all("table.heat").filter(probe.visible).length,
          everyTable: probe.all("table.heat").length,
          idle: probe
            .all("button, select, input")
            .filter(probe.visible)
            .map((control) => control.outerHTML.slice(0, 80)),
          width: document.documentElement.scrollWidth,
          text: document.body.innerText,
        }));
        assert.equal(found.script, false);
        assert.deepEqual(found.hidden, []);
        assert.equal(found.workloads.length, listed.workloads.length);
        for (const { id, siblings, lines, figures } of found.workloads) {
          assert.ok(siblings >= 10, `${id} has ${siblings} siblings`);
          assert.ok(lines >= 200, `${id} has ${lines} lines of source`);
          assert.ok(figures >= 1, `${id} has no figures`);
        }
        assert.equal(found.models, listed.models.length);
        assert.ok(found.tables >= 1);
        assert.equal(found.tables, found.everyTable);
        assert.ok(found.text.includes("tokio::spawn"));
        assert.deepEqual(found.idle, [], "controls that do nothing");
        assert.ok(found.width <= 1280, `${found.width} px wide`);
      });
    });
  });

  describe("of hostile results", () => {
    const results = JSON.parse(
      readFileSync(new URL("hostile.json", import.meta.url), "utf8"),
    );

    it("shows names literally, and nothing runs", async () => {
      const names = [
        ...new Set(
          results.rows.flatMap((row) => [
            row.workload,
            row.size,
            ...row.contenders.map((contender) => contender.name),
          ]),
        ),
        results.machine.processor,
        results.machine.system,
        results.build.rustc,
      ].filter((name) => name !== "" && name.length < 100);
      assert.ok(names.length > 12);
      const address = addressOf(HOSTILE);
      for (const javaScriptEnabled of [false, true]) {
        await visit(browser, address, { javaScriptEnabled }, async (page) => {
          await page.evaluate(install);
          const found = await page.evaluate(() => ({
            foreign: probe
              .all("iframe, img, marquee, object, embed, base, link, u")
              .map((element) => element.outerHTML.slice(0, 80)),
            handlers: probe
              .all("*")
              .flatMap((element) => element.getAttributeNames())
              .filter((name) => /^on/.test(name)),
            scripts: probe.all("script:not([type='application/json'])").length,
            styles: probe.all("style").length,
            hrefs: probe
              .all("[href], [src], [action]")
              .flatMap((element) =>
                ["href", "src", "action"].map((name) =>
                  element.getAttribute(name),
                ),
              )
              .filter((url) => url !== null && !/^(#|https:\/\/)/.test(url)),
            // What is data for the script is not text.
            text: probe
              .all("section.view *:not(script)")
              .flatMap((element) => [...element.childNodes])
              .filter((node) => node.nodeType === Node.TEXT_NODE)
              .map((node) => node.data)
              .join("\n"),
          }));
          assert.deepEqual(found.foreign, []);
          assert.deepEqual(found.handlers, []);
          assert.deepEqual(found.hrefs, []);
          assert.equal(found.scripts, 2);
          assert.equal(found.styles, 1);
          for (const name of names) {
            // Marks of direction are shown as escapes: they would change how
            // the text around them is read.
            const shown = name.replace(
              /[\u2028-\u202e]/g,
              (mark) => `\\u{${mark.codePointAt(0).toString(16)}}`,
            );
            assert.ok(found.text.includes(shown), `${shown} is not shown`);
          }
        });
      }
    });

    it("works all the same", async () => {
      await visit(browser, addressOf(HOSTILE), NARROW, async (page) => {
        const views = await page.$$eval("section.view", (all) =>
          all.map((view) => view.id),
        );
        assert.ok(views.length > 3);
        for (const view of views) {
          await go(page, `#${encodeURIComponent(view)}`);
          assert.equal(await shown(page), view);
          const width = await page.evaluate(
            () => document.documentElement.scrollWidth,
          );
          assert.ok(width <= 360, `${view} is ${width} px wide`);
        }
        await go(page, "#matrix");
        const links = await page.$$eval("table.heat td a", (all) =>
          all.map((link) => link.getAttribute("href")),
        );
        assert.ok(links.length > 5);
        for (const link of links) {
          await go(page, "#matrix");
          await go(page, link);
          assert.notEqual(await shown(page), "matrix", link);
        }
      });
    });
  });

  it("is photographed", { skip: !PICTURES && "no LANES_SCREENSHOTS" }, async () => {
    const shots = [
      ["matrix", "#matrix", WIDE],
      ["workload", "#fetch?m=tokio,rayon", {}],
      ["source", "#fetch?m=tokio,rayon,threads", WIDE, ".shown .siblings"],
      ["timelines", "#fetch?m=tokio,rayon,threads", {}, ".shown .timelines"],
      ["model", "#model-tokio", {}],
      ["about", "#about", {}],
      ["dark-matrix", "#matrix", { ...DARK, ...WIDE }],
      ["dark-workload", "#fetch?m=tokio,rayon,threads", { ...DARK, ...WIDE }],
      ["narrow-matrix", "#matrix", NARROW],
      ["narrow-workload", "#fetch?m=tokio,rayon", NARROW],
      ["print", "#fetch?m=tokio,rayon,threads", PAPER],
    ];
    for (const [name, place, options, selector] of shots) {
      await open(place, { ...options, strict: false }, async (page) => {
        await settle(page);
        if (name === "print") await page.emulateMedia({ media: "print" });
        await picture(page, name, selector);
      });
    }
    const silent = { javaScriptEnabled: false, strict: false };
    await open("", silent, async (page) => {
      await page.screenshot({ path: join(PICTURES, "no-script.png") });
    });
    const unkind = { ...WIDE, strict: false };
    await visit(browser, `${addressOf(HOSTILE)}#matrix`, unkind, (page) =>
      picture(page, "hostile"),
    );
  });
});
