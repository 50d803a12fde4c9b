// Two marks on an ECG that stands still: the time between them, the rate that it makes, and the voltage between their heights.

import { MM } from './paper.js';

const STEP = 10;
const LONG_STEP = 100;
const RISE = 0.05;

export class Calipers {
    // `layer` lies over the paper; `trace` knows what stands where on it.
    constructor(layer, trace) {
        [this.layer, this.trace] = [layer, trace];
        this.read = layer.appendChild(document.createElement('p'));
        this.read.className = 'calipers-read';
        this.read.setAttribute('role', 'status');
        this.marks = [1, 2].map(number => this.mark(number));
        this.place();
    }

    close() {
        this.layer.replaceChildren();
    }

    mark(number) {
        const handle = this.layer.appendChild(document.createElement('div'));
        handle.className = 'caliper';
        handle.tabIndex = 0;
        handle.setAttribute('role', 'slider');
        handle.setAttribute('aria-label', `Caliper ${number}. Arrow keys: 10 ms and 0.05 mV; with Shift ten times as far`);
        const mark = { handle, time: NaN, mv: 0 };
        handle.addEventListener('keydown', event => this.key(event, mark));
        handle.addEventListener('pointerdown', event => {
            handle.setPointerCapture(event.pointerId);
            handle.focus();
            event.preventDefault();
        });
        handle.addEventListener('pointermove', event => { if (handle.hasPointerCapture(event.pointerId)) this.drag(event, mark); });
        return mark;
    }

    // In the middle of what is shown, wherever they were out of sight.
    place() {
        const { geometry, still } = this.trace;
        const seen = this.marks.every(({ time }) => time >= still && time < still + geometry.pageMs);
        if (!seen) this.marks.forEach((mark, i) => [mark.time, mark.mv] = [still + geometry.rowMs * (0.45 + 0.1 * i), i ? 0.5 : 0]);
        this.show();
    }

    drag(event, mark) {
        const { geometry, still } = this.trace;
        const box = this.layer.getBoundingClientRect();
        const [x, y] = [event.clientX - box.left, event.clientY - box.top];
        const row = Math.max(0, Math.min(geometry.rows - 1, Math.round((y - geometry.paper / 2) / (geometry.top(1) - geometry.top(0)))));
        this.move(
            mark,
            still + row * geometry.rowMs + (x - geometry.left) / geometry.pixelsPerMs,
            (geometry.top(row) + geometry.paper / 2 - y) / MM / this.trace.shownGain);
    }

    key(event, mark) {
        const far = event.shiftKey ? LONG_STEP / STEP : 1;
        const [time, rise] = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, RISE], ArrowDown: [0, -RISE] }[event.key] ?? [0, 0];
        if (!time && !rise) return;
        event.preventDefault();
        event.stopPropagation();
        this.move(mark, mark.time + time * far, mark.mv + rise * far);
    }

    move(mark, time, mv) {
        const { geometry, still, shownGain } = this.trace;
        const most = geometry.paper / 2 / MM / shownGain;
        mark.time = Math.max(still, Math.min(still + geometry.pageMs - 1, time));
        mark.mv = Math.max(-most, Math.min(most, mv));
        this.show();
    }

    show() {
        const { geometry, still, shownGain } = this.trace;
        const [first, second] = this.marks;
        const ms = Math.round(Math.abs(second.time - first.time));
        const text = `${ms} ms${ms ? `, ${Math.round(60000 / ms)} /min` : ''}, ${Math.abs(second.mv - first.mv).toFixed(2)} mV`;
        this.read.textContent = text;
        for (const { handle, time, mv } of this.marks) {
            const row = Math.floor((time - still) / geometry.rowMs);
            const x = geometry.left + (time - still - row * geometry.rowMs) * geometry.pixelsPerMs;
            handle.style.left = `${x}px`;
            handle.style.top = `${geometry.top(row)}px`;
            handle.style.height = `${geometry.paper}px`;
            handle.style.setProperty('--at', `${geometry.paper / 2 - mv * shownGain * MM}px`);
            handle.setAttribute('aria-valuemin', '0');
            handle.setAttribute('aria-valuemax', String(Math.round(geometry.pageMs)));
            handle.setAttribute('aria-valuenow', String(Math.round(time - still)));
            handle.setAttribute('aria-valuetext', text);
        }
    }
}
