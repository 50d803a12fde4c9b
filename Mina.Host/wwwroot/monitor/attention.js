// What the model looked at in one window: beat attention as a glow behind the trace and the thickness of its line, rhythm attention as
// a bar for each sub-segment beneath.

import { clock, fit, grid, palette, watch } from './paper.js';
import * as strip from './strip.js';

const SECONDS = 10;
const SUB_SEGMENTS = 60;
const MOST_ROWS = 4;

class Attention {
    constructor(host) {
        this.host = host;
        this.canvas = host.appendChild(document.createElement('canvas'));
        this.window = null;
        this.stopWatching = watch(host, () => this.draw());
    }

    // All of one channel: 3000 samples, the attention of each, the attention of each of 60 sub-segments.
    set(from, samples, beat, rhythm) {
        const floats = bytes => new Float32Array(bytes.slice().buffer);
        this.window = { from, samples: floats(samples), beat: this.shares(floats(beat)), rhythm: this.shares(floats(rhythm)) };
        this.draw();
    }

    clear() {
        this.window = null;
        this.draw();
    }

    close() {
        this.stopWatching();
    }

    // As shares of the largest: it is where that counts, not how much.
    shares(values) {
        const most = Math.max(...values, 1e-12);
        return values.map(v => Math.max(0, v) / most);
    }

    draw() {
        const width = Math.floor(this.host.clientWidth);
        if (!width) return;
        const colours = palette(this.host);
        const geometry = strip.layout(width, 25, SECONDS, MOST_ROWS, false, true);
        const context = fit(this.canvas, width, geometry.height);
        context.clearRect(0, 0, width, geometry.height);
        if (!this.window) return;
        const { from } = this.window;
        const to = from + SECONDS * 1000;
        strip.along(geometry, from, to, from, (row, a, b, x) => {
            grid(context, geometry.left, geometry.top(row), geometry.width, geometry.paper, colours, false);
            this.beats(context, geometry, row, a, b, x, colours);
            this.rhythms(context, geometry, row, a, b, x, colours);
        });
        this.times(context, geometry, from, to, colours);
    }

    beats(context, geometry, row, a, b, x, colours) {
        const { samples, beat, from } = this.window;
        const perMs = samples.length / (SECONDS * 1000);
        const [first, last] = [Math.floor((a - from) * perMs), Math.min(samples.length - 1, Math.ceil((b - from) * perMs))];
        const [top, height] = [geometry.top(row), geometry.paper];
        let [low, high] = [Infinity, -Infinity];
        for (const v of samples) [low, high] = [Math.min(low, v), Math.max(high, v)];
        const y = v => top + height * 0.92 - (v - low) / Math.max(1e-9, high - low) * height * 0.8;
        const at = i => x(from + i / perMs);
        context.save();
        context.beginPath();
        context.rect(geometry.left, top, geometry.width, height);
        context.clip();
        context.fillStyle = colours.look;
        for (let i = first; i < last; i++) {
            if (beat[i] < 0.03) continue;
            // Squared: a model that looks everywhere a little should still show where it looks most.
            context.globalAlpha = 0.6 * beat[i] * beat[i];
            context.fillRect(at(i), top, at(i + 1) - at(i) + 0.4, height);
        }
        context.globalAlpha = 1;
        context.strokeStyle = colours.trace;
        context.lineCap = 'round';
        for (let level = 0; level < 4; level++) {
            context.lineWidth = 1.3 + level * 0.45;
            context.beginPath();
            for (let i = first; i < last; i++) {
                if (Math.min(3, Math.floor(beat[i] * 4)) !== level) continue;
                context.moveTo(at(i), y(samples[i]));
                context.lineTo(at(i + 1), y(samples[i + 1]));
            }
            context.stroke();
        }
        context.restore();
    }

    rhythms(context, geometry, row, a, b, x, colours) {
        const { rhythm, from } = this.window;
        const [top, height] = [geometry.top(row) + geometry.paper + 4, geometry.lane - 4];
        const each = SECONDS * 1000 / SUB_SEGMENTS;
        for (let m = 0; m < SUB_SEGMENTS; m++) {
            const [c, d] = [Math.max(a, from + m * each), Math.min(b, from + (m + 1) * each)];
            if (d <= c) continue;
            context.fillStyle = colours.rule;
            context.globalAlpha = 0.45;
            context.fillRect(x(c) + 0.5, top, x(d) - x(c) - 1, height);
            context.globalAlpha = 1;
            context.fillStyle = colours.look;
            const tall = Math.max(1, rhythm[m] * height);
            context.fillRect(x(c) + 0.5, top + height - tall, x(d) - x(c) - 1, tall);
        }
    }

    times(context, geometry, from, to, colours) {
        context.font = `11px ${colours.font}`;
        context.textBaseline = 'top';
        context.textAlign = 'left';
        context.fillStyle = colours.soft;
        strip.along(geometry, from, to, from, (row, a, b, x) => {
            const top = geometry.top(row) + geometry.paper + geometry.lane + 4;
            for (let s = Math.ceil((a - from) / 1000); s * 1000 <= b - from; s++) {
                const end = x(from + s * 1000) > geometry.left + geometry.width - 24;
                context.textAlign = s === 0 || x(from + s * 1000) < geometry.left + 8 ? 'left' : end ? 'right' : 'center';
                context.fillText(s === 0 ? clock(from) : `${s} s`, x(from + s * 1000), top);
            }
        });
    }
}

export function open(host) {
    return new Attention(host);
}
