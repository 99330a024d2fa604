// Keeps the page for no network at hand, in the language, text size and styles of this reader; the names of the styles
// carry the hash of their content, so a new release keeps its page anew.
const { lang, className } = document.documentElement;
const styles = [...document.querySelectorAll('link[rel=stylesheet]')].map(link => link.getAttribute('href'));

if ('serviceWorker' in navigator) {
  addEventListener('load', async () => {
    try {
      await navigator.serviceWorker.register('/worker.js');
      const { active } = await navigator.serviceWorker.ready;
      active.postMessage({ mode: [lang, className, ...styles].join(' ') });
    } catch {
      // Some browsers refuse workers in private windows: then the browser's own words appear without a network.
    }
  });
}
