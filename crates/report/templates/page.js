'use strict';
// What the address holds: a place in the page, then what is chosen there, as in
// `#source?m=tokio,rayon&only=1`.
const lanes = (() => {
const $ = (selector, of = document) => of.querySelector(selector);
const $$ = (selector, of = document) => [...of.querySelectorAll(selector)];
const listeners = [];

const decoded = text => {
  try { return decodeURIComponent(text); } catch { return text; }
};
function read() {
  const [name, query = ''] = location.hash.slice(1).split('?');
  const chosen = new Map(query.split('&').filter(Boolean).map(part => {
    const [key, ...value] = part.split('=');
    return [key, value.join('=').split(',').map(decoded)];
  }));
  return { name: decoded(name), chosen };
}
let place = read();

// Notes a choice in the address: a list of texts, or null for none.
function set(key, texts) {
  if (texts) place.chosen.set(key, texts); else place.chosen.delete(key);
  const query = [...place.chosen].map(([key, texts]) => key + '=' + texts.map(encodeURIComponent).join(','));
  history.replaceState(null, '', '#' + encodeURIComponent(place.name) + (query.length ? '?' + query.join('&') : ''));
}

function go() {
  const target = place.name && document.getElementById(place.name);
  if (target) target.scrollIntoView();
}
addEventListener('hashchange', () => {
  place = read();
  for (const listener of listeners) listener();
  go();
});
// When all scripts have laid out what is chosen.
addEventListener('load', go);
return {
  $, $$, set,
  get: key => place.chosen.get(key),
  // Calls it now, and whenever the address changes.
  watch: listener => { listeners.push(listener); listener(); },
  choose: (select, value) => {
    if (select && [...select.options].some(option => option.value === value)) select.value = value;
  },
};
})();

(() => {
const { $, $$ } = lanes;
for (const form of $$('form')) form.addEventListener('submit', event => event.preventDefault());
for (const link of $$('.jump a')) {
  link.addEventListener('click', event => {
    event.preventDefault();
    const target = document.getElementById(link.hash.slice(1));
    target.scrollIntoView();
    target.focus({ preventScroll: true });
  });
}

const theme = document.getElementById('theme');
const themes = [['', 'auto', 'those of the system'], ['light', 'light', 'light'], ['dark', 'dark', 'dark']];
const current = () => themes.findIndex(([key]) => key === (document.documentElement.dataset.theme ?? ''));
function label() {
  const [, text, words] = themes[current()];
  theme.textContent = 'Colours: ' + text;
  theme.ariaLabel = 'Colours: ' + words;
}
theme.addEventListener('click', () => {
  const [key] = themes[(current() + 1) % themes.length];
  if (key) document.documentElement.dataset.theme = key; else delete document.documentElement.dataset.theme;
  // The other pages follow, where the browser lets pages from disk remember.
  try { localStorage.setItem('lanes-theme', key); } catch {}
  label();
});
label();

for (const time of $$('time')) {
  const then = Date.parse(time.dateTime);
  const hours = (Date.now() - then) / 3600000;
  if (!Number.isFinite(hours) || hours < 0) continue;
  const ago = (count, what) => `${Math.floor(count)} ${what}${Math.floor(count) === 1 ? '' : 's'} ago`;
  const age = hours < 1 ? 'less than an hour ago' : hours < 48 ? ago(hours, 'hour') : ago(hours / 24, 'day');
  time.textContent = `${new Date(then).toISOString().slice(0, 16).replace('T', ' ')} UTC (${age})`;
}

// A box that can be scrolled sideways shows that there is more.
const boxes = $$('.scroll');
function more(box) {
  box.classList.toggle('more', box.scrollLeft + box.clientWidth < box.scrollWidth - 2);
}
const watcher = new ResizeObserver(entries => { for (const { target } of entries) more(target); });
for (const box of boxes) {
  watcher.observe(box);
  box.addEventListener('scroll', () => more(box), { passive: true });
}

addEventListener('keydown', event => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest('input, select, textarea')) return;
  const { next, previous } = document.body.dataset;
  const to = { j: next, k: previous, m: $('.brand a') && 'index.html#matrix' }[event.key];
  if (to) location.href = to;
});
addEventListener('click', event => {
  for (const menu of $$('.menu[open]')) if (!menu.contains(event.target)) menu.open = false;
});
})();
