// Before the first paint: the remembered theme, or the system's.
(function () {
    let theme = null;
    try { theme = localStorage.getItem('mina-theme'); } catch { /* storage is switched off */ }
    theme ??= matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
    document.documentElement.dataset.theme = theme;
})();
