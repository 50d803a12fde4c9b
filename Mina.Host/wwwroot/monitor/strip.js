// Time on paper: rows of a strip, one under the other where the screen is narrow, and what is drawn along them.

import { MM, LARGE, clock, hatch, snap } from './paper.js';

const LANE = 24;
const LABELS = 18;
const GAP = 10;
const SPOKEN_FOR = 5000 / 3;

// The geometry of at least `seconds` (as far as `mostRows` allow) in a given width; of no more than that where it is to be `exact`.
export function layout(width, speed, seconds, mostRows, calibration, exact = false) {
    const gutter = calibration && width >= 640 ? 2 * LARGE : 0;
    const fitting = Math.max(3, Math.floor((width - gutter - 1) / LARGE));
    const boxes = exact ? Math.min(fitting, Math.ceil(seconds * speed / 5)) : fitting;
    const rowMs = boxes * 5 / speed * 1000;
    const rows = Math.min(mostRows, Math.ceil(seconds * 1000 / rowMs - 0.02));
    const paper = (width < 640 ? 6 : 8) * LARGE;
    const row = paper + LANE + LABELS;
    return {
        gutter, rows, rowMs, paper, speed, lane: LANE, left: gutter, width: boxes * LARGE, pageMs: rows * rowMs, pixelsPerMs: speed * MM / 1000,
        height: rows * row + (rows - 1) * GAP + 1, top: r => r * (row + GAP),
    };
}

// Where a time goes, of a page that begins at `origin`: calls `draw(row, from, to, x)` for every row that the stretch touches.
export function along(geometry, from, to, origin, draw) {
    for (let row = 0; row < geometry.rows; row++) {
        const begin = origin + row * geometry.rowMs;
        const [a, b] = [Math.max(from, begin), Math.min(to, begin + geometry.rowMs)];
        if (b > a) draw(row, a, b, time => geometry.left + (time - begin) * geometry.pixelsPerMs);
    }
}

// The time at a place of the page; null beside the paper.
export function timeAt(geometry, x, y, origin) {
    for (let row = 0; row < geometry.rows; row++) {
        const top = geometry.top(row);
        if (y >= top && y < top + geometry.paper + LANE + LABELS && x >= geometry.left && x <= geometry.left + geometry.width)
            return origin + row * geometry.rowMs + (x - geometry.left) / geometry.pixelsPerMs;
    }
    return null;
}

export function trace(context, geometry, samples, from, to, origin, gain, centre, colour) {
    context.strokeStyle = colour;
    context.lineWidth = 1.5;
    context.lineJoin = 'round';
    along(geometry, from, to, origin, (row, a, b, x) => {
        const middle = geometry.top(row) + geometry.paper / 2;
        context.save();
        context.beginPath();
        context.rect(geometry.left, geometry.top(row), geometry.width, geometry.paper);
        context.clip();
        context.beginPath();
        let pen = false;
        const last = Math.min(samples.count - 1, Math.floor((b - samples.from) * samples.fs / 1000));
        for (let i = Math.max(0, samples.index(a) - 1); i <= last; i++) {
            const value = samples.data[i];
            if (Number.isNaN(value)) {
                pen = false;
                continue;
            }
            const [px, py] = [x(samples.time(i)), middle - (value - centre) * gain * MM];
            if (pen) context.lineTo(px, py);
            else context.moveTo(px, py);
            pen = true;
        }
        context.stroke();
        context.restore();
    });
}

// An episode: a tint, a bar above it, and its name, so that colour is not all that tells.
export function episode(context, geometry, from, to, origin, colours) {
    along(geometry, from, to, origin, (row, a, b, x) => {
        const top = geometry.top(row);
        context.globalAlpha = colours.tint;
        context.fillStyle = colours.af;
        context.fillRect(x(a), top, x(b) - x(a), geometry.paper);
        context.globalAlpha = 1;
        context.fillRect(x(a), top, x(b) - x(a), 3);
        if (x(b) - x(a) > 34) {
            context.fillStyle = colours.af;
            context.font = `650 12px ${colours.font}`;
            context.textBaseline = 'top';
            context.textAlign = 'left';
            context.fillText('AF', x(a) + 6, top + 8);
        }
    });
}

// The lane under the paper: each window's probability over the 5/3 s about its centre that it speaks for.
export function verdicts(context, geometry, list, from, to, origin, colours) {
    along(geometry, from, to, origin, (row, a, b, x) => {
        const top = geometry.top(row) + geometry.paper + 4;
        const height = LANE - 4;
        context.fillStyle = colours.rule;
        context.globalAlpha = 0.45;
        context.fillRect(x(a), top, x(b) - x(a), height);
        context.globalAlpha = 1;
        for (const { start, p, af } of list) {
            const [c, d] = [Math.max(a, start + 5000 - SPOKEN_FOR / 2), Math.min(b, start + 5000 + SPOKEN_FOR / 2)];
            if (d <= c) continue;
            const [left, right] = [x(c), x(d)];
            if (Number.isNaN(p)) {
                hatch(context, left, top, right - left, height, colours.unclear);
                continue;
            }
            context.fillStyle = af ? colours.af : colours.quiet;
            const tall = Math.max(2, p * height);
            context.fillRect(left + 0.5, top + height - tall, Math.max(1, right - left - 1), tall);
        }
        context.strokeStyle = colours.soft;
        context.globalAlpha = 0.5;
        context.setLineDash([2, 3]);
        context.beginPath();
        context.moveTo(x(a), snap(top + height / 2));
        context.lineTo(x(b), snap(top + height / 2));
        context.stroke();
        context.setLineDash([]);
        context.globalAlpha = 1;
    });
}

// A tick every second, the time of day every five.
export function times(context, geometry, from, to, origin, colours) {
    context.font = `11px ${colours.font}`;
    context.textBaseline = 'top';
    context.textAlign = 'center';
    const every = geometry.rowMs < 6000 ? 2000 : 5000;
    along(geometry, from, to, origin, (row, a, b, x) => {
        const top = geometry.top(row) + geometry.paper + LANE + 2;
        context.fillStyle = colours.soft;
        for (let t = Math.ceil(a / 1000) * 1000; t < b; t += 1000) {
            context.fillRect(snap(x(t)) - 0.5, top, 1, t % every === 0 ? 4 : 2);
            if (t % every !== 0) continue;
            const middle = Math.max(geometry.left + 24, Math.min(geometry.left + geometry.width - 24, x(t)));
            context.fillText(clock(t), middle, top + 5);
        }
    });
}

// Beats, at the paper's upper edge: a wedge for one of the prevailing shape, a diamond for another.
export function beats(context, geometry, list, from, to, origin, colours) {
    along(geometry, from, to, origin, (row, a, b, x) => {
        const top = geometry.top(row) + 5;
        for (const { time, ectopic } of list) {
            if (time < a || time >= b) continue;
            const at = x(time);
            context.fillStyle = ectopic ? colours.unclear : colours.soft;
            context.beginPath();
            if (ectopic) for (const [dx, dy] of [[0, -1], [6, 5], [0, 11], [-6, 5]]) context.lineTo(at + dx, top + dy);
            else for (const [dx, dy] of [[-4, 0], [4, 0], [0, 7]]) context.lineTo(at + dx, top + dy);
            context.fill();
        }
    });
}

// The chosen window: two edges and a bar under the paper.
export function chosen(context, geometry, window, from, to, origin, colours) {
    if (!window) return;
    along(geometry, Math.max(from, window.from), Math.min(to, window.to), origin, (row, a, b, x) => {
        const top = geometry.top(row);
        context.fillStyle = colours.look;
        context.fillRect(x(a), top + geometry.paper - 3, x(b) - x(a), 3);
        if (a === window.from) context.fillRect(x(a), top, 2, geometry.paper);
        if (b === window.to) context.fillRect(x(b) - 2, top, 2, geometry.paper);
    });
}

// The span under review: two edges that point into it.
export function reviewed(context, geometry, span, from, to, origin, colours) {
    if (!span) return;
    along(geometry, Math.max(from, span.from), Math.min(to, span.to), origin, (row, a, b, x) => {
        const top = geometry.top(row);
        context.fillStyle = colours.accent;
        for (const [at, isEdge, side] of [[x(a), a === span.from, 1], [x(b), b === span.to, -1]]) {
            if (!isEdge) continue;
            context.fillRect(at - (side < 0 ? 2 : 0), top, 2, geometry.paper);
            context.fillRect(at - (side < 0 ? 10 : 0), top, 10, 3);
            context.fillRect(at - (side < 0 ? 10 : 0), top + geometry.paper - 3, 10, 3);
        }
    });
}

// 1 mV for 200 ms, as every electrocardiograph writes it.
export function pulse(context, geometry, gain, colours) {
    if (!geometry.gutter) return;
    const [high, long] = [gain * MM, geometry.speed * 0.2 * MM];
    for (let row = 0; row < geometry.rows; row++) {
        const middle = geometry.top(row) + geometry.paper / 2;
        const left = (geometry.gutter - long) / 2;
        context.strokeStyle = colours.soft;
        context.lineWidth = 1.5;
        context.lineJoin = 'miter';
        context.beginPath();
        context.moveTo(left - 6, middle);
        context.lineTo(left, middle);
        context.lineTo(left, middle - high);
        context.lineTo(left + long, middle - high);
        context.lineTo(left + long, middle);
        context.lineTo(left + long + 6, middle);
        context.stroke();
        context.fillStyle = colours.soft;
        context.font = `11px ${colours.font}`;
        context.textAlign = 'center';
        context.textBaseline = 'top';
        context.fillText('1 mV', geometry.gutter / 2, middle + 5);
    }
}
