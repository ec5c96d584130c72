/** Transfer limits that keep a plan from moving on, or differ from member to member. */
import type {PlannedChanges} from '../ring/changes.ts'
import type {NodeFacts, Snapshot} from '../ring/snapshot.ts'
import type {Risk} from './risk.ts'

export function limitRisks({nodes}: Snapshot, {transitions}: PlannedChanges): Risk[] {
  const moves = transitions.flatMap(({transfers}) => transfers)
  const [sources, targets] = [new Set(moves.map(({from}) => from)), new Set(moves.map(({to}) => to))]
  const closed = nodes.flatMap(({node, transferLimit, clusterLimit, inbound, outbound}) => {
    const takesPart = sources.has(node) || targets.has(node)
    if (takesPart && transferLimit === 0) return [`${node} has transfer limit 0`]
    if (sources.has(node) && clusterLimit === 0) return [`${node} has cluster limit 0`]
    if (sources.has(node) && !outbound) return [`${node} has outbound handoff off`]
    return targets.has(node) && !inbound ? [`${node} has inbound handoff off`] : []
  })
  const risks: Risk[] = []
  if (closed.length > 0)
    risks.push({
      id: 'handoff-closed',
      level: 'block',
      value: closed.join('; '),
      limit: 'handoff on, and limits above 0, where data is to move',
      fix: 'find out who closed it and why, then open it: riak admin transfer-limit NODE 2, riak admin handoff enable both --node NODE',
      acceptable: true,
    })
  const odd = [
    told(nodes, 'transfer limits', ({transferLimit}) => transferLimit),
    told(nodes, 'cluster limits', ({clusterLimit}) => clusterLimit ?? 8),
  ].filter(text => text !== undefined)
  if (odd.length > 0 && moves.length > 0)
    risks.push({
      id: 'odd-limits',
      level: 'warn',
      value: odd.join('; '),
      limit: 'the same on all members',
      fix: 'set them alike, or leave it when it is meant: each node goes by its own',
      acceptable: true,
    })
  return risks
}

/** What most have, and who has something else. */
function told(
  nodes: readonly NodeFacts[],
  what: string,
  of: (node: NodeFacts) => number | 'unknown',
): string | undefined {
  const counts = new Map<number, NodeFacts[]>()
  for (const node of nodes) {
    const limit = of(node)
    if (limit !== 'unknown') counts.set(limit, [...(counts.get(limit) ?? []), node])
  }
  const [usual, ...others] = [...counts].sort(([a, x], [b, y]) => y.length - x.length || a - b)
  if (!usual || others.length === 0) return undefined
  const few = others.flatMap(([limit, all]) => all.map(({node}) => `${node} ${limit}`)).sort()
  return `${what} differ: ${few.slice(0, 4).join(', ')}${few.length > 4 ? ` and ${few.length - 4} more` : ''}, the others ${usual[0]}`
}
