// The sound of alarms that nobody has acknowledged: a burst of tones for each priority, again and again until somebody has.

// Pitch in Hz, when each pulse begins in s, its length in s, and how often the burst comes. More pulses and a shorter pause press more.
const BURSTS = {
    High: { pitch: [880, 880, 880, 988, 988, 880, 880, 880, 988, 988], at: [0, 0.2, 0.4, 0.7, 0.9, 1.5, 1.7, 1.9, 2.2, 2.4], long: 0.12, every: 5000 },
    Medium: { pitch: [660, 660, 784], at: [0, 0.3, 0.6], long: 0.2, every: 8000 },
    Low: { pitch: [523, 440], at: [0, 0.35], long: 0.25, every: 20000 },
};
const LOUD = 0.25;

class Sound {
    constructor(host, page) {
        [this.host, this.page] = [host, page];
        this.priority = null;
        this.bursts = 0;
        // A browser lets a page sound once somebody has clicked or typed in it.
        this.touched = () => this.wake();
        for (const kind of ['pointerdown', 'keydown']) document.addEventListener(kind, this.touched);
    }

    // Everything below is called by the page.

    // The priority of what sounds; null: nothing does.
    ring(priority) {
        if (priority === this.priority) return;
        this.priority = priority;
        this.host.dataset.ringing = priority ?? '';
        clearInterval(this.timer);
        if (priority === null) {
            this.gain?.gain.setTargetAtTime(0, this.context.currentTime, 0.02);
            return;
        }
        this.context ??= new AudioContext();
        this.context.onstatechange = () => this.tell();
        this.wake();
        this.burst();
        this.timer = setInterval(() => this.burst(), BURSTS[priority].every);
        this.tell();
    }

    close() {
        clearInterval(this.timer);
        for (const kind of ['pointerdown', 'keydown']) document.removeEventListener(kind, this.touched);
        this.context?.close();
    }

    wake() {
        if (this.context?.state === 'suspended') this.context.resume().then(() => {
            this.tell();
            this.burst();
        }, () => { });
    }

    tell() {
        const heard = this.context?.state === 'running';
        if (heard === this.heard) return;
        this.heard = heard;
        this.page.invokeMethodAsync('Heard', heard).catch(() => { });
    }

    burst() {
        if (this.priority === null || this.context.state !== 'running') return;
        const { pitch, at, long } = BURSTS[this.priority];
        const now = this.context.currentTime + 0.02;
        this.gain = this.context.createGain();
        this.gain.connect(this.context.destination);
        pitch.forEach((hertz, i) => this.pulse(hertz, now + at[i], long));
        this.host.dataset.bursts = String(++this.bursts);
    }

    pulse(hertz, from, long) {
        const tone = this.context.createOscillator();
        const shape = this.context.createGain();
        tone.type = 'triangle';
        tone.frequency.value = hertz;
        // Edges that rise and fall, so that a pulse does not click.
        shape.gain.setValueAtTime(0, from);
        shape.gain.linearRampToValueAtTime(LOUD, from + 0.02);
        shape.gain.setValueAtTime(LOUD, from + long - 0.02);
        shape.gain.linearRampToValueAtTime(0, from + long);
        tone.connect(shape).connect(this.gain);
        tone.start(from);
        tone.stop(from + long);
    }
}

export function open(host, page) {
    return new Sound(host, page);
}
