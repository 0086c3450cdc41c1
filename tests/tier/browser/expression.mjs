/** What calls a function with values in a tab, and answers with JSON. */
export const toExpression = (work, values) =>
  `(async () => JSON.stringify(await (${work})(...${JSON.stringify(values)})))()`;
