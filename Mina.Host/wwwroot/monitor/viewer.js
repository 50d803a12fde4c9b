// What the browser remembers of its viewer.

function read(key) {
    try { return localStorage.getItem(key); } catch { return null; }
}

function write(key, value) {
    try { localStorage.setItem(key, value); } catch { /* storage is switched off: asked again next time */ }
}

// Of recordings all times are those of the recorder, which are given as UTC.
export function load(isRecorded) {
    document.documentElement.dataset.clock = isRecorded ? 'utc' : 'local';
    return {
        dark: document.documentElement.dataset.theme === 'dark',
        name: read('mina-name') ?? '',
        keys: read('mina-keys') !== 'off',
        sound: read('mina-sound') === 'on',
        offsets: isRecorded ? [{ from: 0, minutes: 0 }] : offsets(Date.now()),
    };
}

const HOUR = 3600000;
const DAYS = 800;

const offsetAt = time => -new Date(time).getTimezoneOffset();

// The offsets from UTC in minutes, and since when each is in force, in ms; so that a time of last winter reads as it did then.
function offsets(now) {
    const found = [];
    for (let time = now - DAYS * 24 * HOUR; time < now + DAYS * 24 * HOUR; time += 24 * HOUR) {
        const minutes = offsetAt(time);
        if (found.length && found.at(-1).minutes === minutes) continue;
        let [before, after] = [time - 24 * HOUR, time];
        while (found.length && after - before > 1000) {
            const middle = (before + after) / 2;
            if (offsetAt(middle) === minutes) after = middle;
            else before = middle;
        }
        found.push({ from: found.length ? Math.round(after / 60000) * 60000 : 0, minutes });
    }
    return found;
}

export function useDark(dark) {
    document.documentElement.dataset.theme = dark ? 'dark' : 'light';
    write('mina-theme', dark ? 'dark' : 'light');
    dispatchEvent(new Event('mina-theme'));
}

export function remember(name) {
    write('mina-name', name);
}

export function useKeys(used) {
    write('mina-keys', used ? 'on' : 'off');
}

export function useSound(used) {
    write('mina-sound', used ? 'on' : 'off');
}

// The clipboard is closed to pages that came over plain http from another machine.
export async function copy(text) {
    try {
        await navigator.clipboard.writeText(text);
        return true;
    } catch {
        return false;
    }
}

export function print() {
    window.print();
}
