// Small helpers for the document.

/** The element with an id, which is there: it stands in index.html. */
export const byId = (id) => document.getElementById(id);

/** A new element with a class and children. Children are nodes or text, so nothing is ever read as HTML. */
export function make(name, className, ...children) {
  const element = document.createElement(name);
  if (className) element.className = className;
  element.append(...children);
  return element;
}

/** Whether the visitor wants little to move. Asked each time, as it can change while the page is open. */
export const prefersStillness = () => matchMedia('(prefers-reduced-motion: reduce)').matches;

/** Resolves after some milliseconds, in a later turn of the event loop. */
export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
