// The probability over minutes or hours, episodes shaded, and which part of it the trace shows; a slider through time.

import { clock, fit, hatch, palette, snap, watch } from './paper.js';

const HEIGHT = 96;
const LABELS = 18;
const TOP = 14;
const LEFT = 26;

class History {
    constructor(host, page) {
        this.host = host;
        this.page = page;
        this.canvas = host.appendChild(document.createElement('canvas'));
        this.state = null;
        this.stopWatching = watch(host, () => this.draw());
        host.addEventListener('keydown', event => this.key(event));
        host.addEventListener('pointerdown', event => {
            host.setPointerCapture(event.pointerId);
            this.seek(event);
        });
        host.addEventListener('pointermove', event => { if (event.buttons & 1) this.seek(event); });
    }

    // `columns`: one number each, the largest probability, 2 more where it counts as AF; -1: unclassifiable; NaN: nothing.
    set(from, to, columns, episodes) {
        this.state = {
            from, to, columns: new Float32Array(columns.slice().buffer), episodes: new Float64Array(episodes.slice().buffer),
        };
        this.draw();
    }

    threshold(p) {
        this.limit = p;
        this.draw();
    }

    look(from, to) {
        this.view = { from, to };
        this.draw();
    }

    close() {
        this.stopWatching();
    }

    x(time) {
        return LEFT + (time - this.state.from) / (this.state.to - this.state.from) * (this.width - LEFT);
    }

    draw() {
        this.width = Math.floor(this.host.clientWidth);
        if (!this.state || !this.width) return;
        const colours = palette(this.host);
        const context = fit(this.canvas, this.width, HEIGHT + TOP + LABELS);
        context.clearRect(0, 0, this.width, HEIGHT + TOP + LABELS);
        this.axes(context, colours);
        this.shade(context, colours);
        this.bars(context, colours);
        this.line(context, colours);
        this.frame(context, colours);
    }

    // From here on a window is AF.
    line(context, colours) {
        if (this.limit === undefined) return;
        const y = snap(TOP + HEIGHT - this.limit * HEIGHT);
        context.strokeStyle = colours.af;
        context.lineWidth = 1;
        context.setLineDash([6, 4]);
        context.beginPath();
        context.moveTo(LEFT, y);
        context.lineTo(this.width, y);
        context.stroke();
        context.setLineDash([]);
        const text = `threshold ${this.limit.toFixed(2)}`;
        context.font = `11px ${colours.font}`;
        context.textAlign = 'left';
        context.textBaseline = 'middle';
        context.fillStyle = colours.surface;
        context.fillRect(LEFT + 8, y - 8, context.measureText(text).width + 8, 16);
        context.fillStyle = colours.af;
        context.fillText(text, LEFT + 12, y);
    }

    axes(context, colours) {
        context.font = `11px ${colours.font}`;
        context.textBaseline = 'middle';
        context.textAlign = 'right';
        for (const p of [0, 0.5, 1]) {
            const y = snap(TOP + HEIGHT - p * HEIGHT);
            context.strokeStyle = colours.rule;
            context.lineWidth = 1;
            context.beginPath();
            context.moveTo(LEFT, y);
            context.lineTo(this.width, y);
            context.stroke();
            context.fillStyle = colours.soft;
            context.fillText(p === 0.5 ? '.5' : String(p), LEFT - 7, y);
        }
        const { from, to } = this.state;
        const step = [60, 120, 300, 600, 1800, 3600, 10800, 21600].map(s => s * 1000).find(s => (to - from) / s * 74 < this.width) ?? 43200000;
        context.textAlign = 'center';
        context.textBaseline = 'top';
        const zone = new Date(to).getTimezoneOffset() * 60000;
        for (let t = Math.ceil((from - zone) / step) * step + zone; t <= to; t += step) {
            if (this.x(t) < LEFT + 18 || this.x(t) > this.width - 18) continue;
            context.fillText(clock(t).slice(0, 5), this.x(t), TOP + HEIGHT + 6);
        }
    }

    shade(context, colours) {
        const { episodes, from, to } = this.state;
        for (let i = 0; i < episodes.length; i += 2) {
            const [a, b] = [this.x(Math.max(from, episodes[i])), this.x(Math.min(to, episodes[i + 1]))];
            context.fillStyle = colours.af;
            context.globalAlpha = colours.tint;
            context.fillRect(a, TOP, b - a, HEIGHT);
            context.globalAlpha = 1;
            context.fillRect(a, TOP - 3, Math.max(2, b - a), 3);
            if (b - a < 18) continue;
            context.font = `650 11px ${colours.font}`;
            context.textAlign = 'left';
            context.textBaseline = 'bottom';
            context.fillText('AF', a, TOP - 3);
        }
    }

    bars(context, colours) {
        const { columns } = this.state;
        const wide = (this.width - LEFT) / columns.length;
        columns.forEach((value, i) => {
            if (Number.isNaN(value)) return;
            const x = LEFT + i * wide;
            if (value < 0) {
                hatch(context, x, TOP + HEIGHT - 8, wide + 0.5, 8, colours.unclear);
                return;
            }
            const af = value >= 2;
            const p = af ? value - 2 : value;
            context.fillStyle = af ? colours.af : colours.quiet;
            const tall = Math.max(1.5, p * HEIGHT);
            context.fillRect(x, TOP + HEIGHT - tall, Math.max(0.6, wide - (wide > 3 ? 1 : 0)), tall);
        });
    }

    frame(context, colours) {
        if (!this.view) return;
        const a = Math.max(LEFT, this.x(this.view.from));
        const b = Math.max(a + 4, Math.min(this.width - 1, this.x(this.view.to)));
        context.strokeStyle = colours.accent;
        context.lineWidth = 2;
        context.strokeRect(a, TOP - 1, b - a, HEIGHT + 2);
        context.fillStyle = colours.accent;
        context.globalAlpha = 0.12;
        context.fillRect(a, TOP, b - a, HEIGHT);
        context.globalAlpha = 1;
    }

    seek(event) {
        if (!this.state) return;
        const x = event.clientX - this.host.getBoundingClientRect().left;
        const { from, to } = this.state;
        this.say('Seek', from + Math.max(0, Math.min(1, (x - LEFT) / (this.width - LEFT))) * (to - from));
    }

    key(event) {
        const seconds = { ArrowLeft: -5, ArrowDown: -5, ArrowRight: 5, ArrowUp: 5, PageUp: 60, PageDown: -60 }[event.key];
        if (event.key === 'Home') this.say('Seek', this.state.from);
        else if (event.key === 'End') this.say('Seek', this.state.to);
        else if (seconds) this.say('Move', seconds);
        else return;
        event.preventDefault();
    }

    say(what, value) {
        this.page.invokeMethodAsync(what, value).catch(() => { });
    }
}

export function open(host, page) {
    return new History(host, page);
}
