// The DevTools protocol of Chromium, over the pipe of a browser with `--remote-debugging-pipe`.

/** What sends a command of the DevTools protocol: over the pipe, messages end with a zero. */
export function connect({ stdio: [, , , commands, answers] }) {
  const waiting = new Map();
  let last = 0;
  let rest = '';
  answers.setEncoding('utf8').on('data', (data) => {
    const messages = (rest + data).split('\0');
    rest = messages.pop();
    for (const { id, result, error } of messages.map((message) => JSON.parse(message))) {
      if (error) waiting.get(id)?.reject(new Error(error.message));
      else waiting.get(id)?.resolve(result);
      waiting.delete(id);
    }
  });
  // The browser is killed in the end, whatever it still has to read.
  commands.on('error', () => {});
  return (method, params, sessionId) =>
    new Promise((resolve, reject) => {
      waiting.set((last += 1), { resolve, reject });
      commands.write(`${JSON.stringify({ id: last, method, params, sessionId })}\0`);
    });
}
