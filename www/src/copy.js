// The buttons that copy a piece of code.

import { byId } from './dom.js';
import { showError } from './errors.js';

/** How long a button says that it has copied. */
const NOTICE = 2000;

/** Makes the copy buttons of a section work. */
export function startCopy(section) {
  const place = section.querySelector('[data-error]');
  for (const button of section.querySelectorAll('[data-copy]')) {
    let timer;
    button.addEventListener('click', async () => {
      const code = byId(button.dataset.copy);
      place.replaceChildren();
      try {
        await navigator.clipboard.writeText(code.textContent);
        button.textContent = 'Copied';
        clearTimeout(timer);
        timer = setTimeout(() => (button.textContent = 'Copy'), NOTICE);
      } catch {
        // Not allowed here, or not there at all on a page without https: the visitor copies the selection.
        getSelection().selectAllChildren(code);
        showError(
          place,
          new DOMException('the browser keeps the clipboard to itself; the text is selected', 'not-copied'),
        );
      }
    });
  }
}
