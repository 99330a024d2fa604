// Keeps the page for no network at hand, in the language and text size of this reader.
const { lang, className } = document.documentElement;

if ('serviceWorker' in navigator) {
  addEventListener('load', async () => {
    try {
      await navigator.serviceWorker.register('/worker.js');
      const { active } = await navigator.serviceWorker.ready;
      active.postMessage({ mode: `${lang} ${className}` });
    } catch {
      // Some browsers refuse workers in private windows: then the browser's own words appear without a network.
    }
  });
}
