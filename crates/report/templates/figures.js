'use strict';
// Figures of one class of sizes with one number of workers.
(() => {
const { $$, get, set, watch, choose } = lanes;
const [size, workers] = ['size', 'workers'].map(id => document.getElementById(id));
const figures = $$('.figures');
if (!size) return;
// As many workers as there are cores say most: they come last.
const usual = [...workers.options].at(-1)?.value ?? '';
workers.value = usual;

function show() {
  const of = figures.filter(each => each.dataset.size === size.value);
  const counts = new Set(of.map(each => each.dataset.workers).filter(Boolean));
  for (const option of workers.options) option.disabled = !counts.has(option.value);
  if (counts.size && !counts.has(workers.value)) workers.value = [...counts].pop();
  for (const each of figures) {
    const its = each.dataset.workers ?? workers.value;
    each.classList.toggle('shown', each.dataset.size === size.value && its === workers.value);
  }
}
for (const select of [size, workers]) {
  select.addEventListener('change', () => {
    show();
    set('size', size.selectedIndex > 0 ? [size.value] : null);
    set('w', workers.value !== usual ? [workers.value] : null);
  });
}
watch(() => {
  choose(size, get('size')?.[0]);
  choose(workers, get('w')?.[0]);
  show();
});
})();
