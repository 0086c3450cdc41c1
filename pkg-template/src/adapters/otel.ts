// What a cache does, for OpenTelemetry.

import { SpanStatusCode, metrics, trace } from '@opentelemetry/api';
import type { Meter, Tracer } from '@opentelemetry/api';
import type { Cache, Key, LoadContext, Loader } from 'keylatch';

const SCOPE = 'keylatch';

/** The counters: which of the cache's numbers they show, and with which attributes. */
const COUNTERS = [
  [
    'cache.requests',
    [
      ['hits', { 'cache.result': 'hit' }],
      ['misses', { 'cache.result': 'miss' }],
    ],
  ],
  ['cache.loads', [['loads', {}]]],
  ['cache.load.joins', [['joins', {}]]],
  ['cache.stale_serves', [['staleServes', {}]]],
  [
    'cache.removals',
    [
      ['evictions', { 'cache.removal.reason': 'evict' }],
      ['expirations', { 'cache.removal.reason': 'expire' }],
      ['deletions', { 'cache.removal.reason': 'delete' }],
    ],
  ],
] as const;
const GAUGES = [
  ['cache.entries', [['entries', {}]]],
  ['cache.size', [['size', {}]]],
] as const;

/**
 * Shows the numbers of a cache as metrics. They are read when the meter asks, from `stats()`: calls of the cache cost
 * nothing more.
 *
 * @param name Tells this cache from others: the attribute `cache.name`.
 * @param meter Where the metrics go; by default, to the global meter provider.
 * @returns A function that ends it. Until then, the meter keeps the cache alive.
 * @example
 * const stop = observe(documents, 'did-documents');
 */
export function observe<K extends Key, V>(
  cache: Pick<Cache<K, V>, 'stats'>,
  name: string,
  meter: Meter = metrics.getMeter(SCOPE),
): () => void {
  const watched = [
    ...COUNTERS.map(([metric, parts]) => [meter.createObservableCounter(metric), parts] as const),
    ...GAUGES.map(([metric, parts]) => [meter.createObservableUpDownCounter(metric), parts] as const),
  ];
  const instruments = watched.map(([instrument]) => instrument);
  const read: Parameters<Meter['addBatchObservableCallback']>[0] = (result) => {
    const stats = cache.stats();
    for (const [instrument, parts] of watched) {
      for (const [number, attributes] of parts) {
        result.observe(instrument, stats[number], { 'cache.name': name, ...attributes });
      }
    }
  };
  meter.addBatchObservableCallback(read, instruments);
  return () => meter.removeBatchObservableCallback(read, instruments);
}

/** Options of {@link traced}. */
export interface TraceOptions {
  /** Whether a span tells the key, which may be a secret. @default false */
  readonly keys?: boolean | undefined;
  /** Where the spans go; by default, to the global tracer provider. */
  readonly tracer?: Tracer | undefined;
}

/**
 * Makes a loader tell each of its runs as a span, `cache.load`. Hits have none.
 *
 * @param name The attribute `cache.name`.
 * @example
 * const document = await documents.getOrSet(did, traced('did-documents', resolve));
 */
export function traced<K extends Key, V, R extends V | undefined>(
  name: string,
  loader: Loader<K, V, R>,
  { keys = false, tracer = trace.getTracer(SCOPE) }: TraceOptions = {},
): (context: LoadContext<K, V>) => Promise<R> {
  return (context) => {
    const attributes = { 'cache.name': name, ...(keys && { 'cache.key': context.key }) };
    return tracer.startActiveSpan('cache.load', { attributes }, async (span) => {
      try {
        return await loader(context);
      } catch (error) {
        span.recordException(error as Error);
        span.setStatus({ code: SpanStatusCode.ERROR });
        throw error;
      } finally {
        span.end();
      }
    });
  };
}
