// What a record of the store is worth. The rule stands in src/tier/record.rs. A store leaves out records of another epoch.

/** The greatest marks that concern a record: those that invalidate, and those that only let it expire. */
export interface Marks {
  readonly hard: number;
  readonly soft: number;
}

export type Worth = 'good' | 'expired' | 'nothing';

/** What a record is worth whose load began at a number. */
export function judge(since: number, { hard, soft }: Marks): Worth {
  return since < hard ? 'nothing' : since < soft ? 'expired' : 'good';
}
