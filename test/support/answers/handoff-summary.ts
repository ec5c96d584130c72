/** `riak admin handoff summary`, as a table or JSON. */
import {nodeNamePattern} from '../../../src/names.ts'
import type {Answer} from '../../../src/riak/answers/answer.ts'
import {matched, readClique} from '../../../src/riak/answers/clique.ts'
import {nodeCell, type Reading} from '../../../src/riak/answers/reading.ts'
import type {NodeName} from '../../../src/ring/ring.ts'

/** Transfers under way, and those that are known of; undefined: the node cannot tell. */
type Counts = {readonly active: number; readonly known: number | undefined}

export type HandoffSummary = {
  readonly nodes: readonly NodeSummary[]
  readonly unreachable: readonly NodeName[]
}

export type NodeSummary = {
  readonly node: NodeName
  /** under way, of all kinds */
  readonly total: number
  readonly ownership: Counts
  readonly resize: Counts
  readonly hinted: Counts
  readonly repair: Counts
}

const explanation = [
  'Each cell indicates active transfers and, in parenthesis, the number of all known transfers.',
  "The 'Total' column is the sum of the active transfers.",
].join('\n')

const unreachableNode = new RegExp(`^\\(unreachable\\): (${nodeNamePattern})$`)

export function readHandoffSummary(answer: Answer): Reading<HandoffSummary> {
  return readClique(answer, ({texts, rows}, lines) => {
    const [first, second, ...more] = texts
    if (`${first}\n${second}` !== explanation) lines.fail('what the cells indicate')
    const unreachable = more.map(
      text => unreachableNode.exec(text)?.[1] ?? lines.fail('nothing but the table'),
    )
    if (rows.length === 0) lines.fail('a node')
    const nodes = rows.map(row => {
      const counts = (column: string): Counts => {
        const found = matched(row, column, /^(?:(\d+) *\((\d+|Unknown)\))?$/, lines)
        const active = Number(found[1] ?? 0)
        return {active, known: found[2] === 'Unknown' ? undefined : Number(found[2] ?? 0)}
      }
      const summary = {
        node: matched(row, 'Node', nodeCell, lines)[0],
        total: Number(matched(row, 'Total', /^\d+$/, lines)[0]),
        ownership: counts('Ownership'),
        resize: counts('Resize'),
        hinted: counts('Hinted'),
        repair: counts('Repair'),
      }
      const {ownership, resize, hinted, repair} = summary
      const sum = [ownership, resize, hinted, repair].reduce((sum, {active}) => sum + active, 0)
      if (sum !== summary.total) lines.fail(`a total that is the sum of its row for ${summary.node}`)
      return summary
    })
    return {nodes, unreachable}
  })
}
