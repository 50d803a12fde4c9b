// The ECG: live as a sweep that wipes what is a page old, or a stretch of the past that stands still.

import { Calipers } from './calipers.js';
import { MM, fit, grid, palette, watch } from './paper.js';
import { Samples } from './samples.js';
import * as strip from './strip.js';

const WIPE_MS = 260;
const BEHIND_MS = 600;
const LOST_MS = 3000;
const SECONDS = 10;
const MOST_ROWS = 4;
// In mm a mV, of which the automatic gain takes the largest that fits.
const GAINS = [40, 20, 10, 5, 2.5];
const REFIT_MS = 5000;
const KEEP_BEATS_MS = 120000;
const calm = matchMedia('(prefers-reduced-motion: reduce)');

class Trace {
    constructor(host, page) {
        this.host = host;
        this.page = page;
        this.back = host.appendChild(document.createElement('canvas'));
        this.front = host.appendChild(document.createElement('canvas'));
        this.live = new Samples();
        this.past = new Samples();
        this.still = null;
        this.head = NaN;
        this.centre = NaN;
        this.list = [];
        this.episodes = [];
        this.beatList = [];
        this.window = null;
        this.reviewed = null;
        [this.speed, this.gain] = [25, 10];
        this.stopWatching = watch(host, () => this.resize());
        host.addEventListener('click', event => this.pick(event));
        this.resize();
        this.frame = requestAnimationFrame(now => this.step(now));
    }

    // Everything below is called by the page.

    append(from, fs, bytes) {
        this.live.append(from, fs, bytes);
    }

    // A stretch of the past from a time on; its samples begin at `start`.
    show(from, start, fs, bytes) {
        this.past.clear();
        if (bytes.length) this.past.append(start, fs, bytes);
        this.still = from;
        this.centre = NaN;
        this.refit();
        this.draw();
        this.calipers?.place();
    }

    goLive() {
        this.measure(false);
        this.still = null;
        this.centre = NaN;
        this.draw();
    }

    // The beats between two times, in twos: time, 1 for an ectopic one. What was known of that time is replaced.
    beats(from, to, bytes) {
        const numbers = new Float64Array(bytes.slice().buffer);
        const kept = this.beatList.filter(beat => (beat.time < from || beat.time >= to) && beat.time > to - KEEP_BEATS_MS);
        for (let i = 0; i < numbers.length; i += 2) kept.push({ time: numbers[i], ectopic: numbers[i + 1] === 1 });
        this.beatList = kept;
        this.host.dataset.beats = String(numbers.length / 2);
        if (this.still !== null) this.draw();
    }

    // Calipers on an ECG that stands still.
    measure(on, layer) {
        this.calipers?.close();
        this.calipers = on && this.still !== null ? new Calipers(layer, this) : null;
    }

    // Numbers in threes: start, probability (NaN: unclassifiable), 1 for AF. Episodes in twos: start, end.
    mark(verdictBytes, episodeBytes) {
        const v = new Float64Array(verdictBytes.slice().buffer);
        const e = new Float64Array(episodeBytes.slice().buffer);
        this.list = Array.from({ length: v.length / 3 }, (_, i) => ({ start: v[3 * i], p: v[3 * i + 1], af: v[3 * i + 2] === 1 }));
        this.episodes = Array.from({ length: e.length / 2 }, (_, i) => ({ from: e[2 * i], to: e[2 * i + 1] }));
        if (this.still !== null) this.draw();
    }

    choose(from, to) {
        this.window = from === null ? null : { from, to };
        this.draw();
    }

    // The span under review.
    review(from, to) {
        this.reviewed = from === null ? null : { from, to };
        this.draw();
    }

    // A gain of 0 is the one that fits.
    scale(speed, gain) {
        [this.speed, this.gain, this.fitted] = [speed, gain, undefined];
        this.refit();
        this.resize();
    }

    get shownGain() {
        return this.gain || this.fitted || 10;
    }

    // Finds the automatic gain anew.
    refit() {
        if (this.gain || !this.geometry) return;
        const past = this.still !== null;
        const samples = past ? this.past : this.live;
        const [from, to] = past ? [this.still, this.still + this.geometry.pageMs] : [this.head - this.geometry.pageMs, this.head];
        const reach = samples.reach(from, to, samples.median(from, to));
        if (Number.isNaN(reach)) return;
        const fitting = GAINS.find(gain => reach * gain * MM < this.geometry.paper / 2 * 0.95) ?? GAINS.at(-1);
        if (fitting === this.fitted) return;
        this.fitted = fitting;
        this.page.invokeMethodAsync('Fitted', fitting).catch(() => { });
        this.resize();
    }

    close() {
        this.calipers?.close();
        cancelAnimationFrame(this.frame);
        this.stopWatching();
    }

    resize() {
        const width = Math.floor(this.host.clientWidth);
        if (!width) return;
        const geometry = this.geometry = strip.layout(width, this.speed, SECONDS, MOST_ROWS, true);
        this.colours = palette(this.host);
        this.host.style.height = `${geometry.height}px`;
        const context = fit(this.back, width, geometry.height);
        context.clearRect(0, 0, width, geometry.height);
        for (let row = 0; row < geometry.rows; row++)
            grid(context, geometry.left, geometry.top(row), geometry.width, geometry.paper, this.colours);
        strip.pulse(context, geometry, this.shownGain, this.colours);
        fit(this.front, width, geometry.height);
        this.host.dataset.mm = String(geometry.width / geometry.rowMs * 1000 / this.speed);
        this.host.dataset.gain = String(this.shownGain);
        this.page.invokeMethodAsync('Room', geometry.pageMs).catch(() => { });
        this.draw();
        this.calipers?.place();
    }

    step(now) {
        this.frame = requestAnimationFrame(next => this.step(next));
        const passed = Math.min(1000, now - (this.last ?? now));
        if (calm.matches && this.last !== undefined && now - this.last < 1000) return;
        this.last = now;
        if (this.still !== null || !this.live.count) return;
        const before = this.head;
        this.advance(passed);
        if (this.head === before) return;
        if (!(now - this.refitted < REFIT_MS)) {
            this.refitted = now;
            this.refit();
        }
        this.draw();
    }

    // The head runs a little behind the newest sample, so that what comes in lumps is drawn evenly.
    advance(passed) {
        const goal = this.live.end - BEHIND_MS;
        const lag = goal - this.head;
        if (Number.isNaN(this.head) || Math.abs(lag) > LOST_MS) this.head = goal;
        else this.head = Math.min(this.live.end, this.head + passed * Math.max(0, Math.min(2, 1 + lag / 2000)));
    }

    origin() {
        return this.still ?? Math.floor(this.head / this.geometry.pageMs) * this.geometry.pageMs;
    }

    draw() {
        const { geometry, colours } = this;
        if (!geometry) return;
        const context = fit(this.front, Math.floor(this.host.clientWidth), geometry.height);
        context.clearRect(0, 0, this.front.width, this.front.height);
        if (this.still !== null) {
            this.part(context, this.past, this.still, this.still + geometry.pageMs, this.still);
        } else if (this.live.count) {
            const origin = this.origin();
            this.part(context, this.live, origin, this.head, origin);
            context.globalAlpha = 1;
            this.part(context, this.live, this.head - geometry.pageMs + WIPE_MS, origin, origin - geometry.pageMs);
            this.cursor(context, origin);
        }
        this.host.dataset.head = String(Math.round(this.still ?? this.head));
    }

    part(context, samples, from, to, origin) {
        const { geometry, colours } = this;
        for (const e of this.episodes) strip.episode(context, geometry, Math.max(from, e.from), Math.min(to, e.to), origin, colours);
        strip.verdicts(context, geometry, this.list, from, to, origin, colours);
        strip.trace(context, geometry, samples, from, to, origin, this.shownGain, this.middle(samples, from, to), colours.trace);
        strip.beats(context, geometry, this.beatList, from, to, origin, colours);
        strip.times(context, geometry, from, to, origin, colours);
        strip.chosen(context, geometry, this.window, from, to, origin, colours);
        if (this.still !== null) strip.reviewed(context, geometry, this.reviewed, from, to, origin, colours);
    }

    // What the paper's middle stands for: the trace's own, followed slowly, since the samples' zero means nothing.
    middle(samples, from, to) {
        const now = performance.now();
        if (!Number.isNaN(this.centre) && now - this.centred < 1000) return this.centre;
        const median = this.still !== null ? samples.median(from, to) : samples.median(this.head - 5000, this.head);
        if (Number.isNaN(median)) return Number.isNaN(this.centre) ? 0 : this.centre;
        this.centre = Number.isNaN(this.centre) ? median : this.centre + 0.25 * (median - this.centre);
        this.centred = now;
        return this.centre;
    }

    cursor(context, origin) {
        strip.along(this.geometry, this.head - 1, this.head + 1, origin, (row, a, b, x) => {
            context.fillStyle = this.colours.accent;
            context.fillRect(x(this.head), this.geometry.top(row), 2, this.geometry.paper);
        });
    }

    pick(event) {
        if (this.calipers) return;
        const box = this.host.getBoundingClientRect();
        const origin = this.origin();
        let time = strip.timeAt(this.geometry, event.clientX - box.left, event.clientY - box.top, origin);
        if (time === null) return;
        if (this.still === null && time > this.head) time -= this.geometry.pageMs;
        this.page.invokeMethodAsync('Pick', time).catch(() => { });
    }
}

export function open(host, page) {
    return new Trace(host, page);
}
