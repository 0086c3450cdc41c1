export function judge(since: number, { hard, soft }: { hard: number; soft: number }): 'good' | 'expired' | 'nothing' {
  return since < hard ? 'nothing' : since < soft ? 'expired' : 'good';
}
