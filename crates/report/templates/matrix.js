'use strict';
// Rows of the matrix in another order, and some of its models and rows.
(() => {
const { $, $$, choose } = lanes;
const [order, models, rows] = ['order', 'models', 'rows'].map(id => document.getElementById(id));
const sheets = $$('.sheet');
if (!sheets.length) return;

// Offers the families that are there, and keeps the choice if it is one of them.
function offer(select, found) {
  const chosen = select.value;
  select.replaceChildren(new Option('all', ''), ...[...new Set(found.map(each => each.dataset.family))].map(family => new Option(family)));
  choose(select, chosen);
}

for (const sheet of sheets) $$('tbody tr', sheet).forEach((row, index) => { row.dataset.index = index; });
offer(models, $$('.sheet thead th[data-model]'));
offer(rows, $$('.sheet tbody tr'));

const value = (row, model) => Number($$('td', row).find(cell => cell.dataset.model === model)?.dataset.ratio ?? Infinity);
const spread = row => Math.max(...$$('td[data-ratio]', row).map(cell => Number(cell.dataset.ratio)), 0);

function arrange(by) {
  for (const sheet of sheets) {
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

for (const select of [order, models, rows]) {
  select.addEventListener('change', () => {
    if (select === order) for (const head of $$('.heat [aria-sort]')) head.ariaSort = 'none';
    arrange();
  });
}
for (const button of $$('.sort')) {
  button.addEventListener('click', () => {
    const head = button.closest('th');
    head.ariaSort = head.ariaSort === 'ascending' ? 'descending' : 'ascending';
    arrange(head);
  });
}
arrange();
})();
