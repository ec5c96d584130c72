/** What the cluster remembers, told to whoever asks: by which hosts, and of limits that were left changed. */
import type {Fleet} from '../fleet/fleet.ts'
import type {Memory} from '../records/memory.ts'
import type {Snapshot} from '../ring/snapshot.ts'
import {leftChanged} from '../state/left-changed.ts'
import type {Context} from './context.ts'

/** Of every host that tells; those that do not are named. */
export async function remembered({fleet, say}: Pick<Context, 'fleet' | 'say'>): Promise<Memory> {
  const memory = await fleet.remember()
  const silent = [...memory.silent()]
  const [first] = silent
  if (memory.told().length === 0 && first) {
    const more = silent.length === 1 ? '' : `, and ${silent.length - 1} more`
    say(
      `no host tells what the cluster remembers (${first.join(': ')}${more}): this is what this machine knows`,
    )
  } else for (const [host, why] of silent) say(`${host} does not tell what it remembers: ${why}`)
  return memory
}

/** Says once of limits that were left changed: when a member has told the ring, or when `tell` is called. */
export function tellingLimits({fleet, say}: Pick<Context, 'fleet' | 'say'>): {
  readonly fleet: Fleet
  readonly tell: () => void
} {
  let isTold = false
  const tell = (snapshot?: Snapshot): void => {
    if (isTold) return
    isTold = true
    const left = leftChanged(fleet.inventory, fleet.memory, snapshot)
    if (left !== undefined) say(left)
  }
  const ask: Fleet['ask'] = async options => {
    const answer = await fleet.ask(options)
    tell(answer.snapshot)
    return answer
  }
  return {fleet: {...fleet, ask}, tell: () => tell()}
}
