'use strict';
// Two to four siblings in columns, with what each has alone.
(() => {
const { $, $$, get, set, watch } = lanes;
const [least, most] = [2, 4];
const usual = ['threads', 'rayon', 'tokio'];
const known = new Map();
for (const article of $$('.sibling')) for (const model of article.dataset.models.split(' ')) known.set(model, article);
let columns = [];
let only = false;

// Takes the choice from the address, or the usual models.
function read() {
  let wanted = [...new Set(get('m') ?? [])].filter(model => known.has(model)).slice(0, most);
  if (!wanted.length) wanted = columns.length ? columns : usual.filter(model => known.has(model));
  for (const model of [...usual, ...known.keys()]) {
    if (wanted.length < least && known.has(model) && !wanted.includes(model)) wanted.push(model);
  }
  columns = wanted;
  only = get('only')?.[0] === '1';
  lay();
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

function lay() {
  for (const box of $$('input[name=m]')) {
    box.checked = columns.includes(box.value);
    box.disabled = box.checked ? columns.length <= least : columns.length >= most;
  }
  const box = $('input[name=only]');
  if (box) box.checked = only;
  const shown = [...new Set(columns.map(model => known.get(model)))].filter(Boolean);
  for (const article of new Set(known.values())) article.classList.toggle('chosen', shown.includes(article));
  const siblings = $('.siblings');
  siblings.classList.toggle('only', only);
  siblings.style.gridTemplateColumns = `repeat(${shown.length}, minmax(0, 1fr))`;
  const pieces = shown.map(article => new Map($$('.piece', article).map(piece => [piece.dataset.key, piece])));
  const keys = merged(pieces.map(of => [...of.keys()]));
  pieces.forEach((of, column) => {
    for (const [key, piece] of of) {
      piece.style.gridColumn = column + 1;
      piece.style.gridRow = keys.indexOf(key) + 1;
    }
  });
  for (const mark of $$('.siblings mark')) {
    const line = mark.parentNode;
    mark.replaceWith(...mark.childNodes);
    line.normalize();
  }
  for (const key of keys) compare(pieces.map(of => of.get(key)));
  for (const lane of $$('.lane')) lane.classList.toggle('chosen', columns.includes(lane.dataset.model));
  for (const row of $$('.figures .figures-table tbody tr')) row.classList.toggle('chosen', columns.includes($('th', row).textContent.split(' with ')[0]));
  for (const series of $$('.plot [data-model]')) series.classList.toggle('chosen', columns.includes(series.dataset.model));
  document.dispatchEvent(new Event('lanes-chosen'));
}

// The names in a part of the code, without those in comments and strings.
const name = /[\p{L}_][\p{L}\p{N}_]*/gu;
const prose = text => text.parentElement.closest('.c, .s');
function texts(list) {
  const walker = document.createTreeWalker(list, NodeFilter.SHOW_TEXT);
  const all = [];
  while (walker.nextNode()) if (!prose(walker.currentNode)) all.push(walker.currentNode);
  return all;
}
// What a reader looks for: what is called, imported or awaited. How a local
// variable is called says nothing of a model.
const telling = /^(async|await|move|unsafe|yield)$/;
const matters = (text, found, piece) => piece.dataset.key === 'imports'
  || telling.test(found[0])
  || text.parentElement.closest('.t, .f, .a') !== null
  || text.data.startsWith('::', found.index + found[0].length);
const cache = new Map();
function content(piece) {
  const list = piece && $('.code', piece);
  if (!list) return null;
  if (!cache.has(piece)) {
    const lines = [...list.children];
    const names = texts(list).flatMap(text => text.data.match(name) ?? []);
    cache.set(piece, { list, lines, bare: lines.map(line => line.textContent.trim()), names: new Set(names) });
  }
  return cache.get(piece);
}

// Marks in each of the parts that stand side by side the names that no other
// has, and notes the lines that all have. A part that others lack says so, and
// needs no marks.
function compare(pieces) {
  const all = pieces.map(content);
  all.forEach((own, column) => {
    if (!own) return;
    const others = all.filter((other, at) => at !== column);
    const beside = others.filter(Boolean);
    const everywhere = beside.length === others.length;
    own.lines.forEach((line, index) => {
      // A line that is hidden would not be counted.
      line.value = own.list.start + index;
      line.classList.toggle('same', everywhere && beside.every(other => other.bare.includes(own.bare[index])));
    });
    const piece = pieces[column];
    piece.classList.toggle('same', own.lines.every(line => line.classList.contains('same')));
    piece.classList.toggle('alone', !beside.length);
    if (!beside.length) return;
    for (const text of texts(own.list)) {
      // From the back, so that earlier names keep their places.
      for (const found of [...text.data.matchAll(name)].reverse()) {
        if (beside.some(other => other.names.has(found[0])) || !matters(text, found, piece)) continue;
        const middle = text.splitText(found.index);
        middle.splitText(found[0].length);
        const mark = document.createElement('mark');
        middle.replaceWith(mark);
        mark.append(middle);
      }
    }
  });
}

for (const box of $$('input[name=m]')) {
  box.addEventListener('change', () => {
    columns = box.checked ? [...columns, box.value] : columns.filter(model => model !== box.value);
    lay();
    set('m', columns);
  });
}
$('input[name=only]')?.addEventListener('change', event => {
  only = event.target.checked;
  lay();
  set('only', only ? ['1'] : null);
});
watch(read);
})();
