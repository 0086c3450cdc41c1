// What was found with sizes, seen as hits of requests or as hits of bytes: the same shape as without sizes.

/** A stream's result in one unit, `objects` or `bytes`: BeladySize takes the place of OPT. */
export function inUnit(result, unit) {
  const pick = (ratios) => Object.fromEntries(Object.entries(ratios).map(([name, ratio]) => [name, ratio[unit]]));
  const cells = result.cells.map(({ size, bound, ratios, known }) => {
    return { size, opt: bound[unit], ratios: pick(ratios), known: pick(known) };
  });
  return { ...result, cells };
}
