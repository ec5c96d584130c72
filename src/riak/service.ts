/** What supervises a node on its host: systemd where there is a unit for Riak, or `riak` itself. Told by what systemd shows. */
import type {Dialect} from './dialect.ts'
import type {Ask, Door} from './door.ts'

export type Unit = {
  readonly isThere: boolean
  /** started when the machine boots */
  readonly isEnabled: boolean
  readonly isActive: boolean
  /** open files; undefined: no limit is shown */
  readonly files: number | undefined
  /** `no`, `on-failure`, `always`, ... */
  readonly restart: string
}

const unitName = 'riak.service'

const properties = ['LoadState', 'UnitFileState', 'ActiveState', 'LimitNOFILE', 'Restart']

/** Needs no rights; a host without systemd answers that there is no such program. */
export const unitArgv = ['systemctl', 'show', unitName, ...properties.flatMap(name => ['-p', name])]

export function readUnit(text: string): Unit {
  const get = (name: string): string => new RegExp(`(?:^|\\s)${name}=(\\S*)`).exec(text)?.[1] ?? ''
  const files = get('LimitNOFILE')
  return {
    isThere: get('LoadState') === 'loaded',
    isEnabled: /^(?:enabled|enabled-runtime|static|alias|generated)$/.test(get('UnitFileState')),
    isActive: /^(?:active|activating|reloading)$/.test(get('ActiveState')),
    files: /^\d+$/.test(files) ? Number(files) : files === 'infinity' ? Number.MAX_SAFE_INTEGER : undefined,
    restart: get('Restart') || 'no',
  }
}

export async function askUnit({ask}: Pick<Door, 'ask'>, options?: Parameters<Ask>[1]): Promise<Unit> {
  return readUnit((await ask(unitArgv, options)).stdout)
}

/** The words that start a node by what supervises it. */
export function startWords(
  {riak, service}: Pick<Door, 'riak' | 'service'>,
  {isThere}: Pick<Unit, 'isThere'>,
  {start}: Pick<Dialect, 'start'>,
): readonly string[] {
  if (typeof service === 'object') return [...service, 'start']
  if (service === 'riak' || (service === undefined && !isThere)) return [...riak, start]
  // as root, whomever riak is called as
  return [...(riak[0] === 'sudo' || riak[0] === 'doas' ? [riak[0]] : []), 'systemctl', 'start', unitName]
}
