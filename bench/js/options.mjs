// The command line.

export const USAGE = `node --expose-gc bench/js/main.mjs [--quick|--smoke] [--only WORD] [--traces DIR] [--browser NAME] [...]

  --quick         fewer rounds, shorter streams, smaller caches, and no matrix: about two minutes instead of three
                  quarters of an hour, and less exact
  --smoke         the same with two rounds a case: whether it works, and no measurement
  --only WORD     only the cases with this word in their name, as in "hit", "fill", "evict fresh", "100k", "matrix", "loads",
                  "replay", "ratios", "ratios loop", "ratios bytes", "memory", "costs", "heap", "pause", "import", "size"
  --traces DIR    replays the traces in this folder for the hit ratios too, beside streams made by code, and times some of
                  them, such as web12; by default the folder that the environment variable KEYLATCH_TRACES names
  --browser NAME  times single operations in a headless browser instead, and measures nothing else: chromium or firefox,
                  whose path is in the environment variable of that name in capitals
  --json FILE     writes all numbers to a file as well
  --charts DIR    draws charts into this folder; node bench/js/charts/draw.mjs FILE DIR draws them anew from the JSON
  --help          this text

A trace is a file NAME.u32.gz: a little-endian u32 for each request, the number of its key. If the folder has a
reference.csv (columns trace,max_entries,policy,hit_ratio), the sizes of the caches are those in it, the ratios of its
policies OPT and LRU have to come out, and those of its other policies are shown beside the measured ones; without it
the sizes are 1, 2, 5, 10 and 25 % of the distinct keys. A trace with a file NAME.size.u32.gz, a u32 with the bytes of
each request's object, is replayed in caches bounded by bytes too. For these it is reference_bytes.csv (columns
trace,max_bytes,policy,object_hit_ratio,byte_hit_ratio), and without it 0.5, 2, 5, 10 and 25 % of the distinct bytes.

The matrix has hits in caches of 1,000 to 1,000,000 entries with keys of about 8, 30 and 80 characters. A quick run has
it only with --only and a word that begins with "matrix". The memory check sets 10 million keys, without and with ttl;
100 million with --only memory, 1 million with --quick.

It measures, and asserts nothing: missed budgets leave the exit code at 0. A wrong answer makes it 1, a wrong option 2.`;

export const KINDS = {
  quick: { type: 'boolean', default: false },
  smoke: { type: 'boolean', default: false },
  only: { type: 'string', default: '' },
  traces: { type: 'string', default: process.env.KEYLATCH_TRACES || undefined },
  charts: { type: 'string' },
  browser: { type: 'string' },
};
