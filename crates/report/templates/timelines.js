'use strict';
// Views of the timelines, and the part of the time axis that is shown.
(() => {
const { $, $$ } = lanes;
const timelines = $('.timelines');
const box = $('.lanes-box');
const axis = Number(box.dataset.axis);
const unit = Number(box.dataset.unit ?? 0);
const tracks = $$('svg.track', box);
const wide = Number(tracks[0].getAttribute('width'));
// Patterns of the tracks are drawn out with the axis: the legend has its own.
const tiles = $$('.tiles pattern');
for (const tile of tiles) {
  const copy = tile.cloneNode(true);
  copy.id += '-key';
  tile.after(copy);
}
for (const swatch of $$('rect', $('svg.lanes', box))) {
  const tile = getComputedStyle(swatch).fill.match(/#([\w-]+)/)?.[1];
  if (tile) swatch.style.fill = `url(#${tile}-key)`;
}
// The part of the axis that is shown, of all lanes or of the chosen ones.
let [from, to, end] = [0, 1, 1];

const checked = name => $(`input[name=${name}]`, timelines).checked;
function fit() {
  timelines.classList.toggle('hide-tasks', !checked('tasks'));
  timelines.classList.toggle('hide-by-worker', !checked('by-worker'));
  timelines.classList.toggle('chosen-only', checked('chosen'));
  const shown = $$('.lane', box).filter(lane => !checked('chosen') || lane.classList.contains('chosen'));
  end = Math.max(...shown.map(lane => Number(lane.dataset.wall)), 1) / axis;
  show(0, end);
}

function show(start, stop) {
  const long = Math.min(Math.max(stop - start, end / 1000), end);
  from = Math.min(Math.max(start, 0), end - long);
  to = from + long;
  for (const track of tracks) {
    track.setAttribute('viewBox', `${from * wide} 0 ${long * wide} ${track.getAttribute('height')}`);
    const grid = $('.grid', track);
    const [, top, bottom] = grid.getAttribute('d').match(/ (-?[\d.]+)V([\d.]+)/) ?? [];
    if (top) grid.setAttribute('d', ticks(unit || 1, 16).map(([part]) => `M${part * wide} ${top}V${bottom}`).join(''));
  }
  // What is drawn out with the axis, and should not be.
  box.style.setProperty('--k', long);
  for (const tile of tiles) tile.setAttribute('patternTransform', `scale(${long} 1)`);
  box.classList.toggle('zoomed', long < 0.7);
  for (const level of [4, 16, 64, 256]) box.classList.toggle('z' + level, long * level <= 1);
  const [above, below] = $$('.axis svg', box);
  label(above, unit || scale(), unit ? null : name(), unit ? 16 : 10);
  label(below, scale(), name(), 10);
}

// The largest unit of time in which the end of what is shown is one or more.
const units = [[1e9, 's'], [1e6, 'ms'], [1e3, 'µs'], [1, 'ns']];
const best = () => units.find(([nanos]) => to * axis >= nanos) ?? units[3];
const scale = () => best()[0];
const name = () => best()[1];

// Round values of a unit, each with its part of the whole axis.
function ticks(nanos, most) {
  const [low, high] = [from, to].map(part => part * axis / nanos);
  const power = 10 ** Math.floor(Math.log10((high - low) / most));
  const step = [1, 2, 5, 10].map(factor => factor * power).find(step => (high - low) / step <= most);
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const all = [];
  for (let at = Math.ceil(low / step - 1e-9); at * step <= high * (1 + 1e-9); at++) all.push([at * step * nanos / axis, (at * step).toFixed(decimals)]);
  return all;
}

function label(svg, nanos, title, most) {
  const line = $('.line', svg);
  const [, left, y, length] = line.getAttribute('d').match(/^M([\d.]+) ([\d.]+)h([\d.]+)/);
  const tick = line.getAttribute('d').includes('v-4') ? 'v-4' : 'v4';
  const [head, ...others] = $$('text', svg);
  const text = head.getAttribute('y');
  if (title) head.textContent = title;
  for (const other of others) other.remove();
  let path = `M${left} ${y}h${length}`;
  for (const [part, value] of ticks(nanos, most)) {
    const x = Number(left) + (part - from) / (to - from) * wide;
    path += `M${x} ${y}${tick}`;
    const label = head.cloneNode();
    label.setAttribute('class', 'mid');
    label.setAttribute('x', x);
    label.setAttribute('y', text);
    label.textContent = value;
    svg.append(label);
  }
  line.setAttribute('d', path);
}

const moves = {
  whole: () => [0, end],
  in: () => [from + (to - from) / 4, to - (to - from) / 4],
  out: () => [from - (to - from) / 2, to + (to - from) / 2],
  back: () => [from - (to - from) / 2, to - (to - from) / 2],
  on: () => [from + (to - from) / 2, to + (to - from) / 2],
};
for (const button of $$('.zoom button', timelines)) {
  button.addEventListener('click', () => show(...moves[button.dataset.zoom]()));
}
timelines.addEventListener('change', fit);
document.addEventListener('lanes-chosen', () => { if (checked('chosen')) fit(); });
})();
