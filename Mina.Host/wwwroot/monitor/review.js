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
        const isDigit = key >= '1' && key <= '9';
        const isOwn = this.used && (LETTERS.includes(key) || isDigit)
            || this.name === 'edit' && (key === 'ArrowLeft' || key === 'ArrowRight') || key === 'Escape';
        if (!isOwn) return;
        // What is pressed right after a click or a key must not get lost: the page knows the mode, the script hears of it later.
        if (key !== 'Escape' && !isDigit || this.name !== '') event.preventDefault();
        if (key === 'e' || key === 'r') this.name = key === 'e' ? 'edit' : 'reject';
        this.page.invokeMethodAsync('Key', key, event.shiftKey).then(name => this.name = name, () => { });
    }
}

export function open(host, page) {
    return new Keys(host, page);
}
