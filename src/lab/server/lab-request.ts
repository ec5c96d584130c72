/** The options of `lab up` from what was typed; what could not work is refused before anything is started. */
import {OpsError} from '../../errors.ts'
import {parseBytes} from '../../units.ts'
import type {BackendName} from '../model/backend.ts'
import type {LabOptions} from './start-lab.ts'

export type Typed = {
  readonly nodes: number
  readonly spare: number
  readonly ring: number
  readonly speed: number
  readonly bytes: string
  readonly seed?: number | undefined
  readonly subnet?: string | undefined
  readonly port?: number | undefined
  readonly backend?: BackendName | undefined
  readonly release?: string | undefined
}

/** Throws an `OpsError` (exit 64). */
export function labOptions({bytes, seed, subnet, port, backend, release, ...numbers}: Typed): LabOptions {
  const {nodes, spare, ring} = numbers
  const size = parseBytes(bytes)
  if (size === undefined)
    throw wrong(`--bytes ${bytes} is not a size`, 'write it with a unit, as 500MB or 3GB')
  if (!Number.isInteger(Math.log2(ring))) throw wrong(`--ring ${ring} is not a power of two`, 'take 64')
  if (nodes > ring) throw wrong(`a ring of ${ring} has no room for ${nodes} nodes`, 'take a larger --ring')
  if (nodes + spare > 200)
    throw wrong(`${nodes + spare} hosts are too many for one network`, 'take 200 at most')
  if (subnet !== undefined && !isLoopback(subnet))
    throw wrong(`--subnet ${subnet} is no network of this machine`, 'write it as 127.77.1')
  return {
    ...numbers,
    bytes: size,
    disk: {size: Math.max(40e9, 8 * size), other: 2e9},
    ...(seed === undefined ? {} : {seed}),
    ...(subnet === undefined ? {} : {subnet}),
    ...(port === undefined ? {} : {port}),
    ...(backend === undefined ? {} : {backend}),
    ...(release === undefined ? {} : {release}),
  }
}

const wrong = (message: string, hint: string): OpsError => new OpsError('usage', message, {hint})

const isLoopback = (subnet: string): boolean =>
  /^127\.\d{1,3}\.\d{1,3}$/.test(subnet) && subnet.split('.').every(part => Number(part) < 256)
