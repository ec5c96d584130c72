/**
 * Where the hosts of a practice ring listen: an address each where loopback has all of 127.0.0.0/8, as on Linux, and
 * a port each of 127.0.0.1 where it has that address alone, as on macOS. Nodes are called alike in both.
 */
import {OpsError} from '../../errors.ts'

export type Place = {
  readonly name: string
  readonly address: string
  readonly port: number
  readonly node: string
  readonly isSpare: boolean
}

export type PlacesWanted = {
  readonly nodes: number
  readonly spare: number
  /** `127.77.1`; default: any */
  readonly subnet?: string | undefined
  /** of all hosts, or of the first one where they share an address; default 2222, or any */
  readonly port?: number | undefined
}

/** Throws an `OpsError` (exit 64) where hosts that share an address have no ports left above the one given. */
export function placesFor(
  {nodes, spare, subnet = anySubnet(), port}: PlacesWanted,
  sharesAddress: boolean,
): Place[] {
  const count = nodes + spare
  const first = port ?? (sharesAddress ? anyPort() : 2222)
  if (sharesAddress && first + count - 1 > 65_535)
    throw new OpsError('usage', `--port ${first} leaves no ports for ${count} hosts`, {
      hint: `this machine has one address for all of them: take --port ${65_536 - count} at most`,
    })
  return Array.from({length: count}, (_, at) => {
    const named = `${subnet}.${at + 10}`
    return {
      name: `r${String(at + 1).padStart(2, '0')}`,
      address: sharesAddress ? '127.0.0.1' : named,
      port: sharesAddress ? first + at : first,
      node: `riak@${named}`,
      isSpare: at >= nodes,
    }
  })
}

/** so that several practice rings can run side by side */
function anySubnet(): string {
  const byte = (): number => 1 + Math.floor(Math.random() * 250)
  return `127.${64 + Math.floor(Math.random() * 128)}.${byte()}`
}

/** below those that systems give to outgoing connections */
const anyPort = (): number => 20_000 + Math.floor(Math.random() * 12_000)
