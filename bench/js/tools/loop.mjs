// The loops that are timed.

/**
 * Compiles a loop for one contender. V8 keeps what it learns with the source, and a loop that several contenders share
 * would be slow for all of them. The body adds to `count`, which is returned, so that nothing in it can be left out.
 */
export function compileLoop(label, parameters, body, { isAsync = false } = {}) {
  const name = label.replace(/\W/g, '_');
  return new Function(`'use strict';
    return ${isAsync ? 'async ' : ''}function ${name}(${parameters}) {
      let count = 0;
      ${body}
      return count;
    };`)();
}
