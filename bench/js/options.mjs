// The command line.

import { closeSync, mkdirSync, openSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { BROWSERS } from './browser/open.mjs';
import { streamCases } from './ratios/cases.mjs';
import { requestCases } from './requests/cases.mjs';

const USAGE = `node --expose-gc bench/js/main.mjs [--quick] [--only WORD] [--traces DIR] [--browser NAME] [--json FILE]
                                 [--charts DIR]

  --quick       fewer rounds, shorter streams, smaller caches where pauses are looked for, and no matrix: about two
                minutes instead of three quarters of an hour, and less exact
  --only WORD   only the cases with this word in their name, as in "hit", "evict fresh", "100k", "matrix", "loads",
                "replay", "ratios", "ratios loop", "ratios bytes", "memory", "costs", "costs heap", "pause", "import",
                "size"
  --traces DIR  replays the traces in this folder for the hit ratios too, beside streams made by code, and times two of
                them, web12 and orm-busy, if they are there; by default the folder that the environment variable
                KEYLATCH_TRACES names
  --browser NAME
                times hit, miss, set and evict in a headless browser instead, and measures nothing else:
                ${BROWSERS.join(' or ')}, whose path is in the environment variable of that name in capitals
  --json FILE   writes all numbers to a file as well
  --charts DIR  draws charts into this folder: hit ratios over the size of the cache, and times; they can be drawn anew
                from the JSON, with node bench/js/charts/main.mjs FILE DIR
  --help        this text

A trace is a file NAME.u32.gz: a little-endian u32 for each request, the number of its key. If the folder has a
reference.csv (columns trace,max_entries,policy,hit_ratio), the sizes of the caches are those in it, the ratios of its
policies OPT and LRU have to come out, and those of its other policies are shown beside the measured ones; without it
the sizes are 1, 2, 5, 10 and 25 % of the distinct keys.

A trace with a file NAME.size.u32.gz, a u32 with the bytes of each request's object, is replayed in caches bounded by
bytes too. For these it is reference_bytes.csv (columns trace,max_bytes,policy,object_hit_ratio,byte_hit_ratio), and
without it 0.5, 2, 5, 10 and 25 % of the distinct objects' bytes.

The matrix has hits in caches of 1,000 to 1,000,000 entries with keys of about 8, 30 and 80 characters. A quick run has
it only with --only and a word that begins with "matrix", as in "matrix ready".

The memory check sets 10 million keys; alone, with --only memory, 100 million; with --quick, 1 million. Each of these
without and with ttl.

It measures, it does not judge: missed budgets leave the exit code at 0. A wrong answer makes it 1, a wrong option 2.`;

const KINDS = {
  quick: { type: 'boolean' },
  only: { type: 'string' },
  traces: { type: 'string', default: process.env.KEYLATCH_TRACES || undefined },
  json: { type: 'string' },
  charts: { type: 'string' },
  browser: { type: 'string' },
  help: { type: 'boolean' },
};

/** Reads the command line, with the streams that it asks for. Ends the process where there is nothing to measure. */
export function readOptions() {
  try {
    const { quick = false, only = '', traces, json, charts, browser, help } = parseArgs({ options: KINDS }).values;
    if (help) {
      console.log(USAGE);
      process.exit(0);
    }
    if (browser !== undefined && !BROWSERS.includes(browser)) throw new Error(`no such browser: ${browser}`);
    // A file that cannot be written, or a folder, is found now, and not after some minutes.
    if (json !== undefined) closeSync(openSync(json, 'a'));
    if (charts !== undefined) mkdirSync(charts, { recursive: true });
    const [streams, requests] = [streamCases(traces, quick), requestCases(traces, quick)];
    return { quick, only, streams, requests, json, charts, browser };
  } catch (error) {
    return refuse(error.message);
  }
}

/** Ends the process, since the command line asks for what is not there. */
export function refuse(message) {
  console.error(`${message}\n\n${USAGE}`);
  process.exit(2);
}
