/** `riak admin handoff config [--all]`, and the answers of `handoff enable` and `disable`. */
import type {NodeName} from '../../ring/ring.ts'
import type {Answer} from './answer.ts'
import {matched, readClique} from './clique.ts'
import {nodeAtom, nodeCell, type Reading, readAnswer} from './reading.ts'

export type HandoffConfig = {
  readonly nodes: readonly {
    readonly node: NodeName
    readonly transferLimit: number
    readonly inbound: boolean
    readonly outbound: boolean
    readonly port: number
  }[]
  /** nodes that did not answer */
  readonly unreached: readonly NodeName[]
}

export function readHandoffConfig(answer: Answer): Reading<HandoffConfig> {
  return readClique(answer, ({texts, rows}, lines) => {
    const unreached = texts.flatMap(text => {
      const list = /^Failed to get config for: \[(.+)\]$/.exec(text) ?? lines.fail('nothing but the table')
      return list[1]!
        .split(',')
        .map(item => new RegExp(`^${nodeAtom}$`).exec(item)?.[1] ?? lines.fail('nodes'))
    })
    if (rows.length + unreached.length === 0) lines.fail('a node')
    const nodes = rows.map(row => ({
      node: matched(row, 'node', nodeCell, lines)[0],
      transferLimit: Number(matched(row, 'transfer_limit', /^\d+$/, lines)[0]),
      inbound: matched(row, 'handoff.inbound', /^(?:on|off)$/, lines)[0] === 'on',
      outbound: matched(row, 'handoff.outbound', /^(?:on|off)$/, lines)[0] === 'on',
      port: Number(matched(row, 'handoff.port', /^\d+$/, lines)[0]),
    }))
    return {nodes, unreached}
  })
}

/** Whether one node's setting was changed, or that of all members. */
export const readHandoffSwitch = (answer: Answer): Reading<'one' | 'all'> =>
  readAnswer(answer, {
    grammar: lines => {
      if (lines.take(/^All nodes successfully updated$/)) return 'all'
      lines.expect(/^Handoff setting successfully updated$/, 'that the setting was updated')
      return 'one'
    },
  })
