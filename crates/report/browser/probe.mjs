// What the tests look at, from inside the page.

/**
 * Puts `probe` into a document. It is sent there as text, so it uses nothing
 * from outside itself.
 */
export function install() {
  const all = (selector, within = document) => [
    ...within.querySelectorAll(selector),
  ];

  /** Whether there is something of it to see. */
  const visible = (element) =>
    element.getClientRects().length > 0 &&
    getComputedStyle(element).visibility === "visible";

  /** The box around an element, also if only its children have boxes. */
  const boxOf = (element) => {
    const boxes = [element, ...all("*", element)]
      .map((one) => one.getBoundingClientRect())
      .filter((box) => box.width > 0 && box.height > 0);
    const least = (side) => Math.min(...boxes.map((box) => box[side]));
    const most = (side) => Math.max(...boxes.map((box) => box[side]));
    return {
      left: least("left"),
      top: least("top"),
      right: most("right"),
      bottom: most("bottom"),
    };
  };

  /** Siblings that are shown, from left to right and from top to bottom. */
  const siblings = () =>
    all("article.sibling")
      .filter((sibling) => all("*", sibling).some(visible))
      .map((sibling) => ({ sibling, box: boxOf(sibling) }))
      .sort((a, b) => a.box.left - b.box.left || a.box.top - b.box.top);

  const columns = () =>
    siblings().map(({ sibling, box }) => ({
      models: sibling.dataset.models.split(/[\s,]+/),
      box,
    }));

  /** The text of a line, whatever it is marked up with. */
  const lineOf = (line) => line.textContent.replace(/\n$/, "");

  /** Pieces of siblings that are shown, each with the lines to be seen. */
  const pieces = () =>
    siblings().flatMap(({ sibling }, column) =>
      all(".piece[data-key]", sibling)
        .filter(visible)
        .map((piece) => ({
          column,
          key: piece.dataset.key,
          box: boxOf(piece),
          start: piece.getBoundingClientRect().top,
          lines: all("ol.code > li", piece).filter(visible).map(lineOf),
          marks: all("mark", piece).filter(visible).length,
        })),
    );

  /** Resolves when the next frame has been painted. */
  const painted = () =>
    new Promise((resolve) => {
      requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => resolve(performance.now());
        port2.postMessage(null);
      });
    });

  /** Does something, and tells how long it is until that is painted. */
  const untilPainted = async (act) => {
    const begin = performance.now();
    await act();
    return (await painted()) - begin;
  };

  /** Goes to another place of the page, as a link does. */
  const go = (hash) =>
    new Promise((resolve) => {
      if (location.hash === hash) return resolve();
      addEventListener("hashchange", resolve, { once: true });
      location.hash = hash;
    });

  let gaps = null;
  /** Notes the times between frames from now on. */
  const watchFrames = () => {
    gaps = [];
    let last = performance.now();
    const frame = (now) => {
      if (!gaps) return;
      gaps.push(now - last);
      last = now;
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  };
  const framesSeen = () => {
    const seen = gaps.slice(1);
    gaps = null;
    return seen;
  };

  // Any notation of a colour, as red, green, blue and opacity: a canvas reads
  // them all.
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 1;
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  const colours = new Map();
  const colour = (text) => {
    if (!colours.has(text)) {
      pen.clearRect(0, 0, 1, 1);
      pen.fillStyle = text;
      pen.fillRect(0, 0, 1, 1);
      const [red, green, blue, opacity] = pen.getImageData(0, 0, 1, 1).data;
      colours.set(text, [red, green, blue, opacity / 255]);
    }
    return colours.get(text);
  };
  const over = ([red, green, blue, opacity], below) =>
    [red, green, blue]
      .map((part, at) => part * opacity + below[at] * (1 - opacity))
      .concat(1);

  // The colours that may lie below an element's text: one, or several where
  // there is a pattern.
  const grounds = new Map();
  const groundOf = (element) => {
    if (!element) return [colour("Canvas")];
    if (!grounds.has(element)) {
      const style = getComputedStyle(element);
      // On paper only those grounds are printed that insist on it.
      const printed =
        !matchMedia("print").matches || style.printColorAdjust === "exact";
      const own = colour(printed ? style.backgroundColor : "transparent");
      let ground = groundOf(element.parentElement).map((below) =>
        over(own, below),
      );
      const image = printed ? style.backgroundImage : "none";
      const pattern = image.match(/\b[a-z]+\([^()]*\d[^()]*\)/g) ?? [];
      for (const part of pattern) {
        const top = colour(part);
        ground = ground.concat(ground.map((below) => over(top, below)));
      }
      const different = new Map(ground.map((one) => [one.join(), one]));
      grounds.set(element, [...different.values()]);
    }
    return grounds.get(element);
  };

  // Relative luminance and contrast as WCAG 2.2 defines them.
  const luminance = (rgb) => {
    const [red, green, blue] = rgb.slice(0, 3).map((part) => {
      const share = part / 255;
      return share <= 0.04045
        ? share / 12.92
        : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const contrast = (a, b) => {
    const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
    return (light + 0.05) / (dark + 0.05);
  };

  /** The least contrast of an element's own text with what lies below it. */
  const contrastOf = (element) => {
    const style = getComputedStyle(element);
    let opacity = 1;
    for (let one = element; one; one = one.parentElement) {
      opacity *= Number(getComputedStyle(one).opacity);
    }
    const [red, green, blue, alpha] = colour(style.color);
    return Math.min(
      ...groundOf(element).map((below) =>
        contrast(over([red, green, blue, alpha * opacity], below), below),
      ),
    );
  };

  const selectorOf = (element) => {
    const names = [...element.classList].map((name) => `.${name}`).join("");
    const own = `${element.localName}${names}`;
    const parent = element.parentElement;
    return parent && parent !== document.body
      ? `${parent.localName} > ${own}`
      : own;
  };

  /** Every kind of text to be seen outside pictures, and its contrast. */
  const contrasts = () => {
    grounds.clear();
    const kinds = new Map();
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
      const text = walk.currentNode.data.trim();
      const element = walk.currentNode.parentElement;
      if (!text || element.closest("svg, script, style, option, :disabled")) {
        continue;
      }
      const box = element.getBoundingClientRect();
      // What only screen readers tell is a pixel large.
      if (!visible(element) || box.width < 2 || box.height < 2) continue;
      const ratio = contrastOf(element);
      const kind = selectorOf(element);
      const size = parseFloat(getComputedStyle(element).fontSize);
      const large = size >= 24;
      if (!kinds.has(kind) || kinds.get(kind).ratio > ratio) {
        kinds.set(kind, { kind, ratio, large, text: text.slice(0, 40) });
      }
    }
    return [...kinds.values()];
  };

  /** The contrast that a cell of the matrix would have with these classes. */
  const contrastAs = (cell, classes) => {
    const before = cell.className;
    cell.className = classes;
    grounds.clear();
    const texts = [cell, ...all("*", cell)].filter((element) =>
      [...element.childNodes].some(
        (node) => node.nodeType === Node.TEXT_NODE && node.data.trim(),
      ),
    );
    const least = Math.min(...texts.map(contrastOf));
    cell.className = before;
    grounds.clear();
    return least;
  };

  globalThis.probe = {
    all,
    boxOf,
    columns,
    contrastAs,
    contrasts,
    framesSeen,
    go,
    groundOf: (element) => {
      grounds.clear();
      return groundOf(element);
    },
    luminance,
    painted,
    pieces,
    untilPainted,
    visible,
    watchFrames,
  };

  addEventListener("securitypolicyviolation", (violation) => {
    const { violatedDirective: rule, blockedURI, sample } = violation;
    console.error(`policy ${rule} refuses ${blockedURI} ${sample}`);
  });
}
