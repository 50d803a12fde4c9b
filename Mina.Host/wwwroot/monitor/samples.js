// The samples that the browser holds: one stretch of time, NaN in gaps, the oldest dropped.

const KEEP_SECONDS = 120;

export class Samples {
    constructor() {
        this.clear();
    }

    clear() {
        this.from = 0;
        this.fs = 300;
        this.count = 0;
        this.data = new Float32Array(0);
    }

    get end() {
        return this.from + this.count * 1000 / this.fs;
    }

    // Bytes of little-endian 32-bit floats, in mV.
    append(from, fs, bytes) {
        const values = new Float32Array(bytes.slice().buffer);
        const capacity = KEEP_SECONDS * fs;
        let at = Math.round((from - this.from) * fs / 1000);
        if (fs !== this.fs || this.count === 0 || at < 0 || at > this.count + capacity / 2) {
            this.fs = fs;
            this.from = from;
            this.count = at = 0;
            this.data = new Float32Array(Math.max(capacity, values.length) + 10 * fs);
        }
        if (at + values.length > this.data.length) {
            const drop = Math.min(this.count, at + values.length - capacity);
            this.data.copyWithin(0, drop, this.count);
            this.count -= drop;
            this.from += drop * 1000 / fs;
            at -= drop;
        }
        if (at > this.count) this.data.fill(NaN, this.count, at);
        this.data.set(values, at);
        this.count = Math.max(this.count, at + values.length);
    }

    index(time) {
        return Math.round((time - this.from) * this.fs / 1000);
    }

    time(index) {
        return this.from + index * 1000 / this.fs;
    }

    // How far all but a thousandth of what lies between two times reaches from a value, in mV; NaN when nothing lies there.
    reach(from, to, centre) {
        const some = [];
        for (let i = Math.max(0, this.index(from)); i < Math.min(this.count, this.index(to)); i++) {
            if (!Number.isNaN(this.data[i])) some.push(Math.abs(this.data[i] - centre));
        }
        return some.length ? some.sort((a, b) => a - b)[Math.floor(0.999 * (some.length - 1))] : NaN;
    }

    // The middle of what lies between two times, in mV; NaN when nothing does.
    median(from, to) {
        const some = [];
        for (let i = Math.max(0, this.index(from)); i < Math.min(this.count, this.index(to)); i += 7) {
            if (!Number.isNaN(this.data[i])) some.push(this.data[i]);
        }
        return some.length ? some.sort((a, b) => a - b)[some.length >> 1] : NaN;
    }
}
