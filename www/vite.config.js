// How the page is served and built: `npx vite www`, and `npx vite build www` into www/dist/.

/** The script fills the parts, so the page is painted after it: nothing moves then. Vite drops the attribute otherwise. */
const paintOnce = {
  name: 'paint-once',
  transformIndexHtml: {
    order: 'post',
    handler: (html) => html.replaceAll('<script type="module"', '<script type="module" blocking="render"'),
  },
};

export default {
  // Paths are relative, so the built page can be put into any folder.
  base: './',
  plugins: [paintOnce],
  build: {
    // Nothing goes into data URLs and inline scripts: the page's policy allows files of its own and nothing else.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
};
