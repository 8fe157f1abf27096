'use strict';
(() => {
const $ = (selector, of = document) => of.querySelector(selector);
const $$ = (selector, of = document) => [...of.querySelectorAll(selector)];
const views = $$('.view');
const [least, most] = [2, 4];
const usual = ['threads', 'rayon', 'tokio'];

// ------------------------------------------------------------- the address

// `#fetch?m=tokio,rayon&only=1`: a view, then what is chosen there.
function read() {
  const [name, query = ''] = location.hash.slice(1).split('?');
  const decoded = text => {
    try { return decodeURIComponent(text); } catch { return text; }
  };
  const chosen = new Map(query.split('&').filter(Boolean).map(part => {
    const [key, ...value] = part.split('=');
    return [key, value.join('=').split(',').map(decoded)];
  }));
  return { name: decoded(name), chosen };
}

function find(name) {
  return views.find(view => view.dataset.workload === name)
    || views.find(view => 'model-' + view.dataset.model === name)
    || views.find(view => view.id === name)
    || views[0];
}

function write(view) {
  const state = states.get(view);
  const parts = [];
  if (state) {
    if (state.columns.length) parts.push('m=' + state.columns.map(encodeURIComponent).join(','));
    if (state.only) parts.push('only=1');
  }
  if (size && size.value !== size.options[0].value) parts.push('size=' + encodeURIComponent(size.value));
  if (workers && workers.value !== preferred) parts.push('w=' + workers.value);
  const name = view.dataset.workload ?? (view.dataset.model === undefined ? view.id : 'model-' + view.dataset.model);
  const query = parts.length ? '?' + parts.join('&') : '';
  history.replaceState(null, '', '#' + encodeURIComponent(name) + query);
}

function show() {
  const { name, chosen } = read();
  const before = $('.view.shown');
  const inner = name && document.getElementById(name);
  const view = (inner && (inner.closest('.view') || before)) || find(name);
  for (const other of views) other.classList.toggle('shown', other === view);
  if (chosen.has('size')) choose(size, chosen.get('size')[0]);
  if (chosen.has('w')) choose(workers, chosen.get('w')[0]);
  figures();
  if (view.dataset.workload !== undefined) columns(view, chosen);
  for (const menu of $$('.menu[open]')) menu.open = false;
  document.title = $('h2', view).textContent + ' · Lanes';
  if (inner && inner !== view) inner.scrollIntoView();
  else if (view !== before) scrollTo(0, 0);
  // The focus may be on something hidden now: go on from the view's heading.
  if (before && before !== view) $('h2', view).focus({ preventScroll: true });
}

function choose(select, value) {
  if (select && [...select.options].some(option => option.value === value)) select.value = value;
}

// -------------------------------------------------------------- the matrix

const [size, workers, order, models, rows] = ['size', 'workers', 'order', 'models', 'rows'].map(id => document.getElementById(id));
const sheets = $$('.sheet');
// As many workers as there are cores say most: they come last.
const preferred = workers ? workers.options[workers.options.length - 1].value : '';
if (workers) workers.value = preferred;

// Offers the families that are there, and keeps the choice if it is one of them.
function offer(select, found) {
  const chosen = select.value;
  select.replaceChildren(new Option('all', ''), ...[...new Set(found.map(each => each.dataset.family))].map(family => new Option(family)));
  choose(select, chosen);
}

for (const sheet of sheets) $$('tbody tr', sheet).forEach((row, index) => { row.dataset.index = index; });

// Shows the table and the figures of the chosen size and number of workers.
let figured;
function figures() {
  const wanted = size && size.value + ' ' + workers.value;
  if (!size || figured === wanted) return;
  const fits = each => each.dataset.size === size.value && (each.dataset.workers ?? workers.value) === workers.value;
  const counts = new Set(sheets.filter(sheet => sheet.dataset.size === size.value).map(sheet => sheet.dataset.workers));
  for (const option of workers.options) option.disabled = !counts.has(option.value);
  if (!counts.has(workers.value)) workers.value = [...counts].pop();
  figured = size.value + ' ' + workers.value;
  for (const each of $$('.sheet, .figures')) each.classList.toggle('shown', fits(each));
  offer(models, $$('.sheet.shown thead th[data-model]'));
  offer(rows, $$('.sheet.shown tbody tr'));
  for (const workload of $$('.view.workload')) {
    const all = $$('.figures', workload);
    // A row of its own size is better than none.
    if (all.length && !all.some(each => each.classList.contains('shown'))) for (const each of all) each.classList.add('shown');
  }
  arrange();
}

const value = (row, model) => Number($$('td', row).find(cell => cell.dataset.model === model)?.dataset.ratio ?? Infinity);
const spread = row => Math.max(...$$('td[data-ratio]', row).map(cell => Number(cell.dataset.ratio)), 0);

function arrange(by) {
  for (const sheet of sheets.filter(sheet => sheet.classList.contains('shown'))) {
    const body = $('tbody', sheet);
    const heads = $$('thead [aria-sort]', sheet);
    const head = by ?? heads.find(head => head.ariaSort !== 'none');
    for (const other of heads) if (other !== head) other.ariaSort = 'none';
    const index = (a, b) => a.dataset.index - b.dataset.index;
    const ways = {
      family: index,
      name: (a, b) => a.dataset.workload.localeCompare(b.dataset.workload) || index(a, b),
      spread: (a, b) => spread(b) - spread(a) || index(a, b),
    };
    let way = ways[order.value];
    if (head) {
      const sign = head.ariaSort === 'descending' ? -1 : 1;
      const model = head.dataset.model;
      way = (a, b) => {
        const [x, y] = [value(a, model), value(b, model)];
        // A row without a number comes last either way.
        if (x === y) return index(a, b);
        return x === Infinity ? 1 : y === Infinity ? -1 : sign * (x - y);
      };
    }
    const sorted = [...body.rows].sort(way);
    body.append(...sorted);
    let family;
    for (const row of sorted) {
      row.hidden = rows.value !== '' && row.dataset.family !== rows.value;
      row.classList.toggle('first', !head && order.value === 'family' && !row.hidden && family !== undefined && family !== row.dataset.family);
      if (!row.hidden) family = row.dataset.family;
    }
    const named = new Map(heads.map(head => [head.dataset.model, head.dataset.family]));
    for (const cell of $$('[data-model], .families [data-family]', sheet)) {
      const of = cell.dataset.family ?? named.get(cell.dataset.model);
      cell.hidden = models.value !== '' && of !== models.value;
    }
  }
}

for (const select of [size, workers, order, models, rows]) {
  select?.addEventListener('change', () => {
    if (select === order) for (const head of $$('.heat [aria-sort]')) head.ariaSort = 'none';
    figures();
    arrange();
    write($('.view.shown'));
  });
}
for (const button of $$('.sort')) {
  button.addEventListener('click', () => {
    const head = button.closest('th');
    head.ariaSort = head.ariaSort === 'ascending' ? 'descending' : 'ascending';
    arrange(head);
  });
}

// ------------------------------------------------------- source in columns

// What each workload's view has chosen: its columns from left to right.
const states = new Map();

function parts(article) {
  return new Map($$('.piece', article).map(piece => [piece.dataset.key, piece]));
}

function articles(view) {
  const all = new Map();
  for (const article of $$('.sibling', view)) for (const model of article.dataset.models.split(' ')) all.set(model, article);
  return all;
}

// Takes the choice from the address, or the usual models.
function columns(view, chosen) {
  const known = articles(view);
  let wanted = [...new Set(chosen.get('m') ?? [])].filter(model => known.has(model)).slice(0, most);
  const before = states.get(view);
  if (!wanted.length) wanted = [...before?.columns ?? usual.filter(model => known.has(model))];
  for (const model of [...usual, ...known.keys()]) {
    if (wanted.length < least && known.has(model) && !wanted.includes(model)) wanted.push(model);
  }
  const only = chosen.has('m') || chosen.has('only') ? chosen.get('only')?.[0] === '1' : before?.only ?? false;
  states.set(view, { columns: wanted, only });
  lay(view);
}

// The order of parts in which each column's own order is kept.
function merged(lists) {
  const all = [];
  for (const list of lists) {
    let at = 0;
    for (const key of list) {
      const known = all.indexOf(key);
      if (known >= 0) at = known + 1; else all.splice(at++, 0, key);
    }
  }
  return all;
}

function lay(view) {
  const { columns, only } = states.get(view);
  const known = articles(view);
  for (const box of $$('input[name=m]', view)) {
    box.checked = columns.includes(box.value);
    box.disabled = box.checked ? columns.length <= least : columns.length >= most;
  }
  const box = $('input[name=only]', view);
  if (box) box.checked = only;
  for (const mark of $$('mark', view)) {
    const line = mark.parentNode;
    mark.replaceWith(...mark.childNodes);
    line.normalize();
  }
  const shown = [...new Set(columns.map(model => known.get(model)))].filter(Boolean);
  for (const article of new Set(known.values())) article.classList.toggle('chosen', shown.includes(article));
  const siblings = $('.siblings', view);
  if (siblings) {
    siblings.classList.toggle('only', only);
    siblings.style.gridTemplateColumns = `repeat(${shown.length}, minmax(0, 1fr))`;
  }
  const pieces = shown.map(parts);
  const keys = merged(pieces.map(of => [...of.keys()]));
  pieces.forEach((of, column) => {
    for (const [key, piece] of of) {
      piece.style.gridColumn = column + 1;
      piece.style.gridRow = keys.indexOf(key) + 1;
    }
  });
  differ(view, shown, pieces);
  for (const lane of $$('.lane', view)) lane.classList.toggle('chosen', columns.includes(lane.dataset.model));
  for (const table of $$('.figures-table', view)) {
    for (const row of $$('tbody tr', table)) row.classList.toggle('chosen', columns.includes($('th', row).textContent.split(' with ')[0]));
  }
  for (const series of $$('.plot [data-model]', view)) series.classList.toggle('chosen', columns.includes(series.dataset.model));
}

// Marks the differences from the left column; in the left column, those from any
// other.
function differ(view, shown, pieces) {
  const data = differences(view);
  const lines = new Map();
  const note = (piece, found) => {
    if (!piece) return;
    const list = $('.code', piece)?.children ?? [];
    for (const [index, words] of found) {
      const line = list[index];
      if (!line) continue;
      if (!lines.has(line)) lines.set(line, []);
      const all = lines.get(line);
      if (!words.length) all.push([0, Infinity]);
      for (let at = 0; at < words.length; at += 2) all.push([words[at], words[at + 1]]);
    }
  };
  const alone = new Set();
  const left = shown[0] && Number(shown[0].dataset.index);
  for (let column = 1; column < shown.length; column++) {
    const right = Number(shown[column].dataset.index);
    const pair = data.get(Math.min(left, right) + ',' + Math.max(left, right));
    const swapped = left > right;
    for (const [key, one, other] of pair ?? []) {
      note(pieces[0].get(key), swapped ? other : one);
      note(pieces[column].get(key), swapped ? one : other);
    }
    if (!pair) for (const of of [pieces[0], pieces[column]]) for (const piece of of.values()) alone.add(piece);
    for (const [of, others] of [[pieces[0], pieces[column]], [pieces[column], pieces[0]]]) {
      for (const [key, piece] of of) if (!others.has(key)) alone.add(piece);
    }
  }
  for (const of of pieces) {
    for (const piece of of.values()) {
      const list = $('.code', piece);
      if (!list) continue;
      let any = alone.has(piece);
      for (const [index, line] of [...list.children].entries()) {
        const found = lines.get(line);
        // A line that is hidden would not be counted.
        line.value = list.start + index;
        if (found) { any = true; highlight(line, found); }
        line.classList.toggle('same', !found && !alone.has(piece) && shown.length > 1);
      }
      piece.classList.toggle('same', !any && shown.length > 1);
    }
  }
}

const cache = new Map();
function differences(view) {
  if (!cache.has(view)) {
    const text = $('.differences', view)?.textContent || '[]';
    cache.set(view, new Map(JSON.parse(text).map(([left, right, parts]) => [left + ',' + right, parts])));
  }
  return cache.get(view);
}

// Puts stretches of a line, given in UTF-16 units, into marks.
function highlight(line, stretches) {
  const wanted = stretches.sort((a, b) => a[0] - b[0]);
  const walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
  const texts = [];
  for (let at = 0; walker.nextNode(); at += walker.currentNode.length) texts.push([walker.currentNode, at]);
  for (const [text, begin] of texts) {
    // From the back, so that earlier stretches keep their places.
    let end = begin + text.length;
    for (const [from, to] of wanted.toReversed?.() ?? [...wanted].reverse()) {
      let [start, stop] = [Math.max(from, begin), Math.min(to, end)];
      // An indent is no difference that a reader looks for.
      while (start < stop && text.data[start - begin] === ' ') start++;
      if (start >= stop) continue;
      const middle = text.splitText(start - begin);
      if (stop - start < middle.length) middle.splitText(stop - start);
      const mark = document.createElement('mark');
      if (to === Infinity) mark.className = 'whole';
      middle.replaceWith(mark);
      mark.append(middle);
      end = start;
    }
  }
}

for (const view of $$('.view.workload')) {
  for (const form of $$('form', view)) form.addEventListener('submit', event => event.preventDefault());
  for (const box of $$('input[name=m]', view)) {
    box.addEventListener('change', () => {
      const state = states.get(view);
      if (box.checked) state.columns.push(box.value);
      else state.columns = state.columns.filter(model => model !== box.value);
      lay(view);
      write(view);
    });
  }
  $('input[name=only]', view)?.addEventListener('change', event => {
    states.get(view).only = event.target.checked;
    lay(view);
    write(view);
  });
  for (const link of $$('.jumps', view)) {
    link.addEventListener('click', event => {
      event.preventDefault();
      const target = document.getElementById(link.hash.slice(1));
      target.scrollIntoView();
      target.focus({ preventScroll: true });
    });
  }
  for (const timelines of $$('.timelines', view)) {
    timelines.addEventListener('change', () => {
      const checked = name => $(`input[name=${name}]`, timelines).checked;
      timelines.classList.toggle('hide-tasks', !checked('tasks'));
      timelines.classList.toggle('hide-by-worker', !checked('by-worker'));
      timelines.classList.toggle('chosen-only', checked('chosen'));
    });
  }
}

// ------------------------------------------------ colours, times and keys

const theme = document.getElementById('theme');
const themes = [['', 'auto', 'those of the system'], ['light', 'light', 'light'], ['dark', 'dark', 'dark']];
theme.addEventListener('click', () => {
  const now = themes.findIndex(([key]) => key === (document.documentElement.dataset.theme ?? ''));
  const [key, text, label] = themes[(now + 1) % themes.length];
  if (key) document.documentElement.dataset.theme = key; else delete document.documentElement.dataset.theme;
  theme.textContent = 'Colours: ' + text;
  theme.ariaLabel = 'Colours: ' + label;
});

for (const time of $$('time')) {
  const then = Date.parse(time.dateTime);
  const hours = (Date.now() - then) / 3600000;
  if (!Number.isFinite(hours) || hours < 0) continue;
  const ago = (count, what) => `${Math.floor(count)} ${what}${Math.floor(count) === 1 ? '' : 's'} ago`;
  const age = hours < 1 ? 'less than an hour ago' : hours < 48 ? ago(hours, 'hour') : ago(hours / 24, 'day');
  time.textContent = `${new Date(then).toISOString().slice(0, 16).replace('T', ' ')} UTC (${age})`;
}

addEventListener('keydown', event => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest('input, select, textarea')) return;
  const workloads = views.filter(view => view.dataset.workload !== undefined);
  const at = workloads.indexOf($('.view.shown'));
  const to = { j: Math.min(at + 1, workloads.length - 1), k: Math.max(at - 1, 0) }[event.key];
  if (event.key === 'm') location.hash = '#matrix';
  else if (to !== undefined && workloads[to]) location.hash = '#' + encodeURIComponent(workloads[to].dataset.workload);
});
addEventListener('click', event => {
  for (const menu of $$('.menu[open]')) if (!menu.contains(event.target)) menu.open = false;
});
addEventListener('hashchange', show);
show();
// Once the page is loaded, the browser scrolls to the element in the address.
addEventListener('load', () => { if (find(read().name).id === read().name) scrollTo(0, 0); });
})();
