/** What the cluster remembers, as far as its hosts have told it to this process. */
import type {HostCopy, HostRecords, SeenCopies} from './read.ts'
import type {ChainKind} from './script.ts'

export type Memory = {
  /** of all hosts that have told */
  readonly copies: () => readonly HostCopy[]
  /** what each host told last */
  readonly told: () => readonly HostRecords[]
  /** hosts that were asked and did not tell */
  readonly silent: () => ReadonlyMap<string, string>
}

export type OpenMemory = Memory & {
  readonly seen: SeenCopies
  readonly hear: (records: HostRecords) => void
  readonly miss: (host: string, why: string) => void
}

export function openMemory(): OpenMemory {
  const told = new Map<string, HostRecords>()
  const silent = new Map<string, string>()
  return {
    seen: new Map(),
    copies: () => [...told.values()].flatMap(({copies}) => copies),
    told: () => [...told.values()],
    silent: () => silent,
    hear: records => {
      silent.delete(records.host)
      // a shorter answer does not take away what a longer one has told
      const files = new Set(records.copies.map(({file}) => file))
      const before = (told.get(records.host)?.copies ?? []).filter(({file}) => !files.has(file))
      told.set(records.host, {...records, copies: [...before, ...records.copies]})
    },
    miss: (host, why) => void silent.set(host, why),
  }
}

/** Of all chains of a kind, the oldest first. */
export const rememberedIds = (memory: Memory, kind: ChainKind): string[] =>
  [...new Set(memory.copies().flatMap(copy => (copy.kind === kind ? [copy.id] : [])))].sort()

export const copiesOf = (memory: Memory, kind: ChainKind, id: string): HostCopy[] =>
  memory.copies().filter(copy => copy.kind === kind && copy.id === id)

/** Where no cluster is asked: this machine alone is known. */
export const noMemory: Memory = openMemory()
