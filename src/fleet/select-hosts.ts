/** Which hosts are meant: names, ranges, node names, locations, and the groups `all`, `members` and `spares`. */
import {OpsError} from '../errors.ts'
import type {Host, Inventory} from '../inventory/inventory.ts'
import {expandRange} from '../inventory/ranges.ts'
import {nearest} from '../nearest.ts'

/** In inventory order, each once; none named: all. Throws an `OpsError` (exit 64) for what names nothing. */
export function selectHosts({hosts, file}: Inventory, words: readonly string[]): Host[] {
  const groups: Readonly<Record<string, (host: Host) => boolean>> = {
    all: () => true,
    members: ({spare}) => !spare,
    spares: ({spare}) => spare,
  }
  const chosen = new Set<Host>()
  const add = (matches: (host: Host) => boolean): number => {
    const found = hosts.filter(matches)
    for (const host of found) chosen.add(host)
    return found.length
  }
  const named = (word: string): number => {
    const exact = add(({name, node}) => name === word || node === word)
    if (exact > 0) return exact
    return add(({location}) => location === word) || (Object.hasOwn(groups, word) ? add(groups[word]!) : 0)
  }
  for (const word of words.length > 0 ? words : ['all']) {
    if (named(word) > 0) continue
    const range = expandRange(word)
    const names = 'problem' in range ? [word] : range
    const unknown = names.find(name => named(name) === 0)
    if (unknown === undefined) continue
    const known = [...hosts.map(({name}) => name), ...Object.keys(groups), ...locations(hosts)]
    const near = nearest(unknown, known)
    throw new OpsError('usage', `${unknown} is no host, location or group of ${file}`, {
      hint: near ? `did you mean ${near}?` : 'see the hosts: ringup inventory show',
    })
  }
  return hosts.filter(host => chosen.has(host))
}

const locations = (hosts: readonly Host[]): string[] => [
  ...new Set(hosts.flatMap(({location}) => location ?? [])),
]
