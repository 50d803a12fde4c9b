// What the browser remembers of its viewer.

function read(key) {
    try { return localStorage.getItem(key); } catch { return null; }
}

function write(key, value) {
    try { localStorage.setItem(key, value); } catch { /* storage is switched off: asked again next time */ }
}

export function load() {
    return {
        dark: document.documentElement.dataset.theme === 'dark',
        name: read('mina-name') ?? '',
        offsetMinutes: -new Date().getTimezoneOffset(),
    };
}

export function useDark(dark) {
    document.documentElement.dataset.theme = dark ? 'dark' : 'light';
    write('mina-theme', dark ? 'dark' : 'light');
    dispatchEvent(new Event('mina-theme'));
}

export function remember(name) {
    write('mina-name', name);
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
