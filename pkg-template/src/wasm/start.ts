// Makes an instance from bytes or a module, and names what is in the way.

import { CacheError } from '../base/errors.js';
import { imports } from './imports.js';

/** What an instance is made of. */
export type Given = BufferSource | WebAssembly.Module;

/** What engines and platforms say when they refuse, and what the user can do. */
const WAYS_OUT: readonly [RegExp, string][] = [
  [
    /\bCSP\b|content.security|unsafe-eval/i,
    "the Content-Security-Policy has to allow it: script-src 'wasm-unsafe-eval'; keylatch/portable does without",
  ],
  [/main thread/, 'this browser starts it only asynchronously: await init() before the first cache'],
  [
    /embedder|Edge Runtime/i,
    'this runtime compiles no bytes: give initSync() of keylatch/slim the imported keylatch/cache.wasm',
  ],
];

/** An instance, at once. */
export function startSync(given: Given, otherwise?: string): WebAssembly.Exports {
  try {
    const module = isModule(given) ? given : new WebAssembly.Module(given);
    return new WebAssembly.Instance(module, imports).exports;
  } catch (cause) {
    throw unavailable(cause, otherwise);
  }
}

/** An instance, made in the background. */
export async function startLater(given: Given, otherwise?: string): Promise<WebAssembly.Exports> {
  try {
    if (isModule(given)) return (await WebAssembly.instantiate(given, imports)).exports;
    return (await WebAssembly.instantiate(given, imports)).instance.exports;
  } catch (cause) {
    throw unavailable(cause, otherwise);
  }
}

/** By its tag: on Vercel's edge the module comes from another realm, where it is no instance of this realm's class. */
function isModule(given: Given): given is WebAssembly.Module {
  return Object.prototype.toString.call(given) === '[object WebAssembly.Module]';
}

/**
 * The error of a module that doesn't start.
 *
 * @param otherwise What to say of a cause that isn't the platform's.
 */
export function unavailable(cause: unknown, otherwise?: string): CacheError {
  const said = String(cause);
  const way =
    typeof WebAssembly === 'undefined'
      ? 'there is none here, as in Lockdown Mode, in Hermes, and with --jitless; keylatch/portable does without'
      : (WAYS_OUT.find(([words]) => words.test(said))?.[1] ?? otherwise);
  const message = `WebAssembly doesn't start${way === undefined ? '' : `: ${way}`} (${said})`;
  return new CacheError('wasm-unavailable', message, { cause });
}
