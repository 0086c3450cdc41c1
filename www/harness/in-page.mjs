// Questions about a page, answered in it: these functions are sent to the browser, so they use nothing from outside.

/** The texts whose contrast is below a bound, with that contrast. What is hidden or only there for the eye is left out. */
export function faintTexts(bound) {
  const channels = (color) => color.match(/[\d.]+/g).map(Number);
  const isClear = (color) => channels(color)[3] === 0;
  const luminance = (color) => {
    const [r, g, b] = channels(color).map((value) => {
      const share = value / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const surface = (element) => {
    const own = getComputedStyle(element).backgroundColor;
    if (!isClear(own)) return own;
    return element.parentElement ? surface(element.parentElement) : 'rgb(255, 255, 255)';
  };
  const hasText = (element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== '');
  const faint = [];
  for (const element of document.body.querySelectorAll('*')) {
    if (!hasText(element) || !element.checkVisibility({ visibilityProperty: true })) continue;
    const [light, dark] = [luminance(getComputedStyle(element).color), luminance(surface(element))].sort(
      (a, b) => b - a,
    );
    const contrast = (light + 0.05) / (dark + 0.05);
    if (contrast < bound) faint.push(`${element.textContent.trim().slice(0, 30)}: ${contrast.toFixed(2)}`);
  }
  return faint;
}

/** What reaches over the right edge, apart from what lies in an element that scrolls on its own. */
export function overflowing() {
  const scrolls = (element) =>
    element !== document.body && (getComputedStyle(element).overflowX !== 'visible' || scrolls(element.parentElement));
  return [...document.body.querySelectorAll('*')]
    .filter((element) => element.getBoundingClientRect().right > innerWidth + 0.5 && !scrolls(element.parentElement))
    .map((element) => element.outerHTML.slice(0, 80));
}

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
