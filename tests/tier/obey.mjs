// The part of a process that another one tells what to do.

/** Carries out what each message asks for, and answers it. */
export function obey(commands) {
  process.on('message', async ({ id, command, ...rest }) => {
    try {
      process.send({ id, answer: await commands[command](rest) });
    } catch (error) {
      process.send({ id, error: String(error.stack) });
    }
  });
  process.send({ id: 0 });
}
