// ECG paper on a canvas: small boxes of 1 mm, large ones of 5 mm, at CSS's 96 px an inch.

export const MM = 96 / 25.4;
export const LARGE = 5 * MM;

// The colours in force at an element, by the names they have in tokens.css.
export function palette(element) {
    const style = getComputedStyle(element);
    const of = name => style.getPropertyValue(`--${name}`).trim();
    return {
        paper: of('paper'), minor: of('paper-minor'), major: of('paper-major'), trace: of('trace'), ink: of('ink'), soft: of('soft'),
        rule: of('rule'), surface: of('surface'), af: of('af'), afFill: of('af-fill'), quiet: of('quiet'), unclear: of('unclear'),
        look: of('look'), tint: Number(of('tint')), accent: of('accent'), font: style.fontFamily,
    };
}

// Sizes a canvas in CSS pixels, sharp on any screen. Returns its context, in CSS pixels.
export function fit(canvas, width, height) {
    const ratio = devicePixelRatio || 1;
    const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (canvas.width !== w || canvas.height !== h) {
        canvas.width = w;
        canvas.height = h;
        canvas.style.width = `${width}px`;
        canvas.style.height = `${height}px`;
    }
    const context = canvas.getContext('2d');
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    return context;
}

// A line as thin and sharp as the screen can, at the device pixel nearest to a place.
export function snap(place) {
    const ratio = devicePixelRatio || 1;
    return (Math.round(place * ratio) + 0.5) / ratio;
}

function lines(context, x, y, width, height, every, skip, across, colour) {
    context.strokeStyle = colour;
    context.lineWidth = 1 / (devicePixelRatio || 1) > 0.75 ? 1 : 0.75;
    context.beginPath();
    for (let i = 0; i * every <= width + 0.5; i++) {
        if (skip && i % skip === 0) continue;
        context.moveTo(snap(x + i * every), y);
        context.lineTo(snap(x + i * every), y + height);
    }
    for (let i = 0; across && i * every <= height + 0.5; i++) {
        if (skip && i % skip === 0) continue;
        context.moveTo(x, snap(y + i * every));
        context.lineTo(x + width, snap(y + i * every));
    }
    context.stroke();
}

// Width and height are whole numbers of large boxes. Without `across`, only the seconds' fifths, faintly: heights mean nothing there.
export function grid(context, x, y, width, height, colours, across = true) {
    context.fillStyle = colours.paper;
    context.fillRect(x, y, width, height);
    if (across) lines(context, x, y, width, height, MM, 5, across, colours.minor);
    lines(context, x, y, width, height, LARGE, 0, across, across ? colours.major : colours.minor);
}

// Slanting lines: what cannot be told.
export function hatch(context, x, y, width, height, colour) {
    context.save();
    context.beginPath();
    context.rect(x, y, width, height);
    context.clip();
    context.strokeStyle = colour;
    context.lineWidth = 1;
    context.beginPath();
    for (let at = Math.floor((x - height) / 5) * 5; at < x + width; at += 5) {
        context.moveTo(at, y + height);
        context.lineTo(at + height, y);
    }
    context.stroke();
    context.restore();
}

export function clock(ms) {
    const zone = document.documentElement.dataset.clock === 'utc' ? new Date(ms).getTimezoneOffset() : 0;
    const time = new Date(ms + zone * 60000);
    return [time.getHours(), time.getMinutes(), time.getSeconds()].map(n => String(n).padStart(2, '0')).join(':');
}

// Calls when the element's width or the theme changes, until stopped.
export function watch(element, call) {
    const observer = new ResizeObserver(call);
    observer.observe(element);
    addEventListener('mina-theme', call);
    return () => {
        observer.disconnect();
        removeEventListener('mina-theme', call);
    };
}
