// The process that measures one case; see child.mjs.

// Whoever started it is gone, for example by Ctrl-C: nobody waits for the numbers.
process.once('disconnect', () => process.exit());

process.once('message', async ({ file, spec, plan }) => {
  // Ends also where a contender has a timer that would keep the process alive.
  const finish = () => process.exit();
  try {
    // Loaded here, so that no case has a trace of the others.
    const { measure } = await import(new URL(`../${file}`, import.meta.url));
    process.send({ result: await measure(spec, plan) }, finish);
  } catch (error) {
    process.send({ error: error.message }, finish);
  }
});
