#include "cli/build_report.h"

namespace aictr::cli {

// It loads nothing. All that comes from a Dockerfile or an image is put in as text.
const std::string_view kBuildReportPage = R"html(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Build report</title>
<style>
:root {
  --paper: #ffffff; --ink: #1c2530; --faint: #667381; --line: #dde3ea; --shade: #f3f6f9;
  --run: #2f6fb3; --cached: #9fb3c8; --base: #c3b48f; --failed: #c0392b; --cancelled: #b9bec5; --other: #6b8f71;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #15191f; --ink: #e3e8ee; --faint: #93a0ae; --line: #2d3640; --shade: #1d232b;
    --run: #5b9bdd; --cached: #53667a; --base: #8a7c58; --failed: #e0685b; --cancelled: #4a525c; --other: #6d9a75;
  }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1200px; padding: 24px; background: var(--paper); color: var(--ink);
       font: 14px/1.45 system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; }
h1 { font-size: 22px; margin: 0 0 4px; overflow-wrap: anywhere; }
h2 { font-size: 16px; margin: 32px 0 8px; }
code, .mono { font-family: ui-monospace, "DejaVu Sans Mono", monospace; font-size: 12.5px; }
.faint { color: var(--faint); }
.failure { border-left: 4px solid var(--failed); padding: 8px 12px; background: var(--shade); }
.figures { display: flex; flex-wrap: wrap; gap: 12px; margin: 16px 0; }
.figure { background: var(--shade); border-radius: 6px; padding: 10px 16px; min-width: 130px; }
.figure b { display: block; font-size: 20px; font-weight: 600; }
.legend span { margin-right: 16px; white-space: nowrap; }
.legend i { display: inline-block; width: 11px; height: 11px; border-radius: 2px; margin-right: 5px; }
.row { display: grid; grid-template-columns: minmax(180px, 38%) 1fr 70px 80px; gap: 10px; align-items: center;
       padding: 2px 0; border-bottom: 1px solid var(--line); }
.row .title { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.stage { font-weight: 600; padding: 10px 0 3px; border-bottom: 1px solid var(--line); }
.track { position: relative; height: 16px; }
.bar { position: absolute; top: 2px; bottom: 2px; min-width: 3px; border-radius: 2px; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
.axis { position: relative; height: 18px; font-size: 11px; color: var(--faint); }
.axis span { position: absolute; transform: translateX(-50%); white-space: nowrap; }
.axis span:last-child { transform: translateX(-100%); }
#tree { position: relative; height: 560px; background: var(--shade); border: 1px solid var(--line); overflow: hidden; }
.cell { position: absolute; overflow: hidden; border: 1px solid rgba(255, 255, 255, .65); cursor: pointer;
        font-size: 11px; color: #10161c; padding: 1px 4px; white-space: nowrap; text-overflow: ellipsis; }
.cell.gone { background-image: repeating-linear-gradient(45deg, rgba(192, 57, 43, .65) 0 6px, transparent 6px 12px); }
#where { margin: 6px 0; min-height: 21px; overflow-wrap: anywhere; }
#where a { color: var(--run); cursor: pointer; }
.finding { border: 1px solid var(--line); border-radius: 6px; padding: 10px 14px; margin: 8px 0; }
.finding b { margin-right: 8px; }
.finding p { margin: 4px 0; overflow-wrap: anywhere; }
.finding ul { margin: 4px 0 0; padding-left: 18px; overflow-wrap: anywhere; }
</style>
</head>
<body>
<h1 id="name"></h1>
<div id="id" class="mono faint"></div>
<div id="failure"></div>
<div class="figures" id="figures"></div>
<h2>When which step ran</h2>
<div class="legend" id="legend"></div>
<div id="timeline"></div>
<section id="size">
<h2>What makes the image big</h2>
<div class="faint">Each layer with what it brings; striped is what a later layer deletes or replaces. Click to go in.</div>
<div id="where"></div>
<div id="tree"></div>
<h2>What need not be there</h2>
<div id="findings"></div>
</section>
<script type="application/json" id="data">@DATA@</script>
<script>
'use strict';
const data = JSON.parse(document.getElementById('data').textContent);
const at = id => document.getElementById(id);

function element(kind, classes, text, parent) {
  const made = document.createElement(kind);
  if (classes) made.className = classes;
  if (text !== undefined) made.textContent = text;
  if (parent) parent.append(made);
  return made;
}

function size(bytes) {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let unit = 0;
  while (bytes >= 1000 && unit < units.length - 1) { bytes /= 1000; unit += 1; }
  return (unit === 0 || bytes >= 100 ? bytes.toFixed(0) : bytes.toFixed(1)) + ' ' + units[unit];
}

function time(seconds) {
  if (seconds < 60) return seconds.toFixed(seconds < 2 ? 2 : 1) + ' s';
  return Math.floor(seconds / 60) + ' min ' + Math.round(seconds % 60) + ' s';
}

// ---- head

const image = data.image;
const steps = data.steps.filter(step => step.stage && step.outcome !== 'base');
const cached = steps.filter(step => step.outcome === 'cached').length;
document.title = 'Build of ' + data.name;
at('name').textContent = data.name;
at('id').textContent = image ? image.id : '';
if (data.failure) element('p', 'failure', data.failure, at('failure'));

function figure(value, what) {
  const box = element('div', 'figure', undefined, at('figures'));
  element('b', '', value, box);
  element('span', 'faint', what, box);
}
figure(time(data.seconds), 'in all');
figure(cached + ' of ' + steps.length, 'steps were cached');
if (image) {
  figure(size(image.bytes), 'in ' + image.layers.length + ' layers');
  figure(size(image.findings.reduce((sum, finding) => sum + finding.bytes, 0)), 'need not be there');
}

// ---- line of time

const colours = { done: 'run', cached: 'cached', base: 'base', failed: 'failed', cancelled: 'cancelled', other: 'other' };
const names = { done: 'run', cached: 'cached', base: 'base image', failed: 'failed', cancelled: 'cancelled',
                other: 'caches elsewhere' };
const kindOf = step => (step.stage || step.outcome === 'failed' ? step.outcome : 'other');
for (const kind of Object.keys(names)) {
  if (!data.steps.some(step => kindOf(step) === kind)) continue;
  const entry = element('span', '', undefined, at('legend'));
  element('i', '', undefined, entry).style.background = 'var(--' + colours[kind] + ')';
  entry.append(names[kind]);
}

const total = Math.max(data.seconds, 0.001);
const axis = element('div', 'row', undefined, at('timeline'));
element('span', '', '', axis);
const scale = element('div', 'axis', undefined, axis);
element('span', 'number faint', 'time', axis);
element('span', 'number faint', 'layer', axis);
for (let part = 0; part <= 4; part += 1) {
  element('span', '', time(total * part / 4), scale).style.left = (part * 25) + '%';
}
for (const stage of new Set(data.steps.map(step => step.stage))) {
  element('div', 'stage', stage ? 'stage ' + stage : 'around the stages', at('timeline'));
  for (const step of data.steps.filter(one => one.stage === stage)) {
    const row = element('div', 'row step', undefined, at('timeline'));
    element('div', 'title mono', step.title, row).title = step.title;
    const track = element('div', 'track', undefined, row);
    const bar = element('div', 'bar', undefined, track);
    const left = Math.min(step.start / total * 100, 99.5);
    bar.style.left = left + '%';
    bar.style.width = Math.min((step.end - step.start) / total * 100, 100 - left) + '%';
    bar.style.background = 'var(--' + colours[kindOf(step)] + ')';
    bar.title = names[kindOf(step)] + ', ' + time(step.end - step.start);
    element('span', 'number', step.outcome === 'cached' ? 'cached' : time(step.end - step.start), row);
    element('span', 'number', step.bytes ? size(step.bytes) : '', row);
  }
}

// ---- treemap (squarified: Bruls, Huizing, van Wijk 2000)

function worst(row, sum, side) {
  const largest = Math.max(...row), smallest = Math.min(...row);
  return Math.max(side * side * largest / (sum * sum), sum * sum / (side * side * smallest));
}

function squarify(items, box) {
  const all = items.reduce((sum, item) => sum + item.bytes, 0);
  const areas = items.map(item => item.bytes / all * box.w * box.h);
  const placed = [];
  let { x, y, w, h } = box;
  let begin = 0;
  while (begin < items.length) {
    const side = Math.min(w, h);
    let end = begin + 1, sum = areas[begin];
    while (end < items.length &&
           worst(areas.slice(begin, end + 1), sum + areas[end], side) <= worst(areas.slice(begin, end), sum, side)) {
      sum += areas[end];
      end += 1;
    }
    const thick = side > 0 ? sum / side : 0;
    let along = 0;
    for (let i = begin; i < end; i += 1) {
      const length = thick > 0 ? areas[i] / thick : 0;
      placed.push(w <= h ? { x: x + along, y, w: length, h: thick } : { x, y: y + along, w: thick, h: length });
      along += length;
    }
    if (w <= h) { y += thick; h -= thick; } else { x += thick; w -= thick; }
    begin = end;
  }
  return placed;
}

const layerName = index => 'layer ' + (index + 1) + ': ' + (image.layers[index].made_by || 'unknown');
const hues = [210, 30, 140, 270, 180, 50, 330, 100];

function draw(node, box, depth, trail, hue) {
  const kids = (node.children || []).filter(child => child.bytes > 0);
  squarify(kids, box).forEach((place, i) => {
    if (place.w < 3 || place.h < 3) return;
    const kid = kids[i];
    const shade = kid.hue === undefined ? hue : kid.hue;
    const cell = element('div', 'cell', undefined, at('tree'));
    Object.assign(cell.style, { left: place.x + 'px', top: place.y + 'px', width: place.w + 'px', height: place.h + 'px' });
    cell.style.backgroundColor = 'hsl(' + shade + ' 45% ' + Math.min(56 + depth * 6, 86) + '%)';
    if (kid.hidden && kid.hidden >= kid.bytes / 2) cell.classList.add('gone');
    const path = [...trail, kid];
    cell.title = path.map(one => one.name).join('/') + '\n' + size(kid.bytes) +
      (kid.hidden ? ', of which ' + size(kid.hidden) + ' are deleted or replaced later' : '');
    if (place.w > 34 && place.h > 14) cell.textContent = kid.name + ' ' + size(kid.bytes);
    cell.onclick = event => { event.stopPropagation(); if (kid.children) show(path); };
    if (kid.children && place.w > 40 && place.h > 34) {
      draw(kid, { x: place.x + 2, y: place.y + 17, w: place.w - 5, h: place.h - 20 }, depth + 1, path, shade);
    }
  });
}

function show(path) {
  at('tree').textContent = '';
  at('where').textContent = '';
  path.forEach((node, i) => {
    if (i > 0) at('where').append(' / ');
    const link = element('a', '', node.name + (i === path.length - 1 ? ' (' + size(node.bytes) + ')' : ''), at('where'));
    link.onclick = () => show(path.slice(0, i + 1));
  });
  const last = path[path.length - 1];
  const hue = path.map(node => node.hue).filter(one => one !== undefined).pop() || 210;
  draw(last, { x: 0, y: 0, w: at('tree').clientWidth, h: at('tree').clientHeight }, 0, path, hue);
}

// ---- findings

const advice = {
  deleted: finding => finding.name + ' of ' + layerName(finding.layer) + ', deleted or replaced by ' +
    layerName(finding.deleting_layer) + ': in the image all the same. Delete in the step that makes it, or make it in ' +
    'another stage.',
  cache: finding => finding.name + ' is in ' + layerName(finding.layer) +
    '. Give the step a RUN --mount=type=cache for it, or let the same step delete it.',
  duplicate: finding => finding.name + ' lies in several places. A base image without CUDA libraries, or wheels that use ' +
    'those of the base, would save the second one.',
};
const heads = { deleted: 'deleted later', cache: 'a cache', duplicate: 'a CUDA library twice' };

if (image) {
  const layers = image.layers.map((layer, i) => ({ ...layer.tree, name: layerName(i), hue: hues[i % hues.length] }));
  const whole = { name: 'image', bytes: layers.reduce((sum, layer) => sum + layer.bytes, 0), children: layers };
  layers.sort((a, b) => b.bytes - a.bytes);
  show([whole]);
  window.onresize = () => show([whole]);
  for (const finding of image.findings) {
    const box = element('div', 'finding', undefined, at('findings'));
    element('b', '', size(finding.bytes), box);
    element('span', 'faint', heads[finding.kind], box);
    element('p', '', advice[finding.kind](finding), box);
    const paths = element('ul', 'mono', undefined, box);
    for (const path of finding.paths) element('li', '', path, paths);
  }
  if (image.findings.length === 0) element('p', 'faint', 'Nothing was found.', at('findings'));
} else {
  at('size').hidden = true;
}
</script>
</body>
</html>
)html";

}  // namespace aictr::cli
