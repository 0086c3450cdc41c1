// Errors, shown beside the controls that caused them.

import { CacheError } from 'keylatch';
import { make } from './dom.js';

/**
 * Runs what a form asks for. What goes wrong is shown in the form and marked at the field that it is about; the cache
 * names the option or the argument at the start of its message.
 *
 * @returns Whether it went well.
 */
export function attempt(form, action) {
  clear(form);
  try {
    action();
    return true;
  } catch (error) {
    const place = form.querySelector('[data-error]');
    showError(place, error);
    const field = form.elements.namedItem(error.message.split(':')[0]);
    if (field instanceof HTMLInputElement) {
      field.setAttribute('aria-invalid', 'true');
      field.setAttribute('aria-describedby', place.id);
    }
    return false;
  }
}

/** Shows an error: its code if it is the cache's, and its message. */
export function showError(place, error) {
  const name = error instanceof CacheError ? error.code : error.name;
  place.replaceChildren(make('code', '', name), ` ${error.message}`);
}

function clear(form) {
  form.querySelector('[data-error]').replaceChildren();
  for (const field of form.querySelectorAll('[aria-invalid]')) {
    field.removeAttribute('aria-invalid');
    field.removeAttribute('aria-describedby');
  }
}
