// What stands for node:fs in the bundle: nothing that is timed reads files.

export const readFileSync = () => {
  throw new Error('a page reads no files');
};
