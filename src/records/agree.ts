/** Several copies of one chain, from hosts that may be behind, damaged or lie: which of it counts. Pure. */
import {type Chain, commonLength, continues, firstOf, headOf} from './chain.ts'

export type Copy = {
  readonly host: string
  readonly chain: Chain
}

export type Agreed = {
  readonly chain: Chain
  /** hosts that have all of it */
  readonly hosts: readonly string[]
  /** two hosts have it, or this machine */
  readonly isSure: boolean
  /** what was found beside it, in words */
  readonly notes: readonly string[]
}

/**
 * The longest chain that two hosts agree on; the only one there is where no two do. This machine's own journal counts as
 * far as it goes on from that, and no further. Undefined: there is nothing.
 */
export function agree(copies: readonly Copy[], here?: Chain): Agreed | undefined {
  const agreed = longestOfTwo(copies)
  const lonely = agreed ? undefined : longest(copies)
  const found = agreed ?? lonely?.chain
  if (!found || found.lines.length === 0)
    return here && here.lines.length > 0 ? {chain: here, hosts: [], isSure: true, notes: []} : undefined
  if (here && here.lines.length > 0 && continues(found, here))
    return {chain: here, hosts: hostsWith(copies, here), isSure: true, notes: []}
  const isSure =
    agreed !== undefined || (here !== undefined && here.lines.length > 0 && continues(here, found))
  // what one host alone has may be forged: what is here counts before it
  if (here && here.lines.length > 0 && !isSure)
    return {
      chain: here,
      hosts: hostsWith(copies, here),
      isSure: true,
      notes: [`${lonely!.host} tells another course of it, which no other host confirms`],
    }
  const notes = copies.flatMap(({host, chain}) => noteOf(host, chain, found))
  if (here && !continues(here, found))
    notes.push('the journal on this machine tells another course, and does not count')
  return {chain: found, hosts: hostsWith(copies, found), isSure, notes: [...new Set(notes)]}
}

function noteOf(host: string, chain: Chain, found: Chain): string[] {
  if (continues(chain, found)) return []
  if (continues(found, chain))
    return [
      `${host} tells ${chain.lines.length - found.lines.length} events more, which no other host confirms`,
    ]
  return [`${host} tells another course from event ${commonLength(chain, found) + 1} on: a split`]
}

const hostsWith = (copies: readonly Copy[], of: Chain): string[] =>
  [...new Set(copies.filter(({chain}) => continues(of, chain)).map(({host}) => host))].sort()

const longest = (copies: readonly Copy[]): Copy | undefined =>
  copies.reduce<Copy | undefined>(
    (best, copy) => (copy.chain.lines.length > (best?.chain.lines.length ?? 0) ? copy : best),
    undefined,
  )

/** The longest that copies on two hosts have in common. */
function longestOfTwo(copies: readonly Copy[]): Chain | undefined {
  let best: Chain | undefined
  // copies with one head are one chain
  const kinds = new Map<string, {chain: Chain; hosts: Set<string>}>()
  for (const {host, chain} of copies) {
    if (chain.lines.length === 0) continue
    const kind = kinds.get(headOf(chain)) ?? {chain, hosts: new Set()}
    kind.hosts.add(host)
    kinds.set(headOf(chain), kind)
  }
  const all = [...kinds.values()]
  for (const [at, {chain, hosts}] of all.entries()) {
    if (hosts.size > 1 && chain.lines.length > (best?.lines.length ?? 0)) best = chain
    for (const other of all.slice(at + 1)) {
      if (new Set([...hosts, ...other.hosts]).size < 2) continue
      const length = commonLength(chain, other.chain)
      if (length > (best?.lines.length ?? 0)) best = firstOf(chain, length)
    }
  }
  return best
}
