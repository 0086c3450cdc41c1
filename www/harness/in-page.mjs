// Questions about a page, answered in it: these functions are sent to the browser, so they use nothing from outside.

/** Tries what the policy forbids. Returns the directives that stood in the way. */
export async function provoke() {
  const met = [];
  addEventListener('securitypolicyviolation', ({ effectiveDirective }) => met.push(effectiveDirective));
  const script = document.createElement('script');
  script.textContent = 'globalThis.wasRun = true';
  const style = document.createElement('style');
  style.textContent = 'body { display: none }';
  document.head.append(script, style);
  await fetch('https://example.invalid/').catch(() => {});
  await new Promise((resolve) => setTimeout(resolve, 200));
  return { met: met.sort(), wasRun: 'wasRun' in globalThis };
}

/**
 * Notes in `globalThis.shifts` what is moved by something else than the visitor's own action, from the start on. The lines
 * of the log may: what is new comes on top.
 */
export function watchShifts() {
  globalThis.shifts = [];
  new PerformanceObserver((list) => {
    for (const { hadRecentInput, value, sources } of list.getEntries()) {
      const moved = sources
        .map(({ node }) => (node?.nodeType === 3 ? node.parentElement : node))
        .filter((node) => !node?.closest('#log'))
        .map((node) => node?.id || node?.className || node?.nodeName);
      if (!hadRecentInput && moved.length > 0) globalThis.shifts.push(`${moved.join()}: ${value.toFixed(4)}`);
    }
  }).observe({ type: 'layout-shift', buffered: true });
}
