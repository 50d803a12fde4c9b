// Blazor tries to get its connection back; where it gives up (the monitor was restarted), the page waits for the monitor and reloads.

const notice = document.getElementById('components-reconnect-modal');
let waiting = false;

async function answers() {
    try {
        return (await fetch('monitor/icon.svg', { cache: 'no-store' })).ok;
    } catch {
        return false;
    }
}

async function reloadWhenBack() {
    if (waiting) return;
    waiting = true;
    while (!await answers()) await new Promise(done => setTimeout(done, 2000));
    location.reload();
}

// Whoever may not come in any more is shown where to sign in, and not what was seen last.
async function leaveWhenRefused() {
    try {
        if ((await fetch('monitor/icon.svg', { cache: 'no-store' })).status === 401) location.reload();
    } catch {
        // The monitor is not there at all.
    }
}

notice.addEventListener('components-reconnect-state-changed', event => {
    if (event.detail.state === 'show' || event.detail.state === 'retrying') leaveWhenRefused();
    if (event.detail.state === 'failed' || event.detail.state === 'rejected') reloadWhenBack();
});
