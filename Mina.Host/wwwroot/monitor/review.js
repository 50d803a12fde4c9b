// The keys of a review. They work wherever the focus is, but where something is typed, and they can be switched off.

const LETTERS = 'crenujk';
const TYPED = 'input:not([type=checkbox]), textarea, select, [role=slider], [role=dialog]';

class Keys {
    constructor(host, page) {
        [this.host, this.page] = [host, page];
        this.used = false;
        this.name = '';
        this.listen = event => this.press(event);
        document.addEventListener('keydown', this.listen);
    }

    // Everything below is called by the page.

    use(used) {
        this.used = used;
        this.host.dataset.keys = used ? 'on' : 'off';
    }

    mode(name) {
        this.name = name;
    }

    close() {
        document.removeEventListener('keydown', this.listen);
    }

    press(event) {
        if (event.ctrlKey || event.altKey || event.metaKey || event.repeat && !event.key.startsWith('Arrow')) return;
        if (event.target.closest?.(TYPED) || document.querySelector('.mud-dialog')) return;
        const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
        const isOwn = this.used && (LETTERS.includes(key) || this.name === 'reject' && key >= '1' && key <= '9')
            || this.name === 'edit' && (key === 'ArrowLeft' || key === 'ArrowRight') || this.name !== '' && key === 'Escape';
        if (!isOwn) return;
        event.preventDefault();
        // What is typed fast must not get lost; the page says which mode it is in when it has taken the key.
        if (key === 'e' || key === 'r') this.name = key === 'e' ? 'edit' : 'reject';
        this.page.invokeMethodAsync('Key', key, event.shiftKey).then(name => this.name = name, () => { });
    }
}

export function open(host, page) {
    return new Keys(host, page);
}
