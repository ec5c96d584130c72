/** What a host remembers: read from the script that only looks, and nothing in it is taken on trust. */
import type {OpsError} from '../errors.ts'
import type {Answer} from '../riak/answers/answer.ts'
import type {Door} from '../riak/door.ts'
import {scriptNotUnderstood} from '../riak/own-script.ts'
import {type ReadCopy, readCopy} from './chain.ts'
import {type ChainKind, readArgv} from './script.ts'

export type HostCopy = {
  readonly host: string
  /** path on the host */
  readonly file: string
  readonly kind: ChainKind
  /** of the run, the change of limits or the approval */
  readonly id: string
  /** owner of the file there; undefined: it was not told */
  readonly uid: number | undefined
  /** seconds since it was written last, by the host's clock */
  readonly age: number | undefined
  /** Decoded when it is first asked for. */
  readonly read: () => ReadCopy
}

export type HostRecords = {
  readonly host: string
  readonly copies: readonly HostCopy[]
  /** where new copies would go; `shared`: to /var/tmp, where every login of the host may write */
  readonly place: 'prepared' | 'shared' | 'denied' | 'unsafe'
  /** of the login that asked */
  readonly uid: number
}

/** copies that were read before, by host and head: what has not grown is not sent again */
export type SeenCopies = Map<string, () => ReadCopy>

const fileName = /\.record\.((approval|limits|run)-(\d{8}-\d{6}-[0-9a-f]{4})-[0-9a-f]{16})$/

/** Throws an `OpsError` when the host cannot be reached, or its answer is not understood (exit 10). */
export async function askRecords(
  door: Door,
  {
    most,
    seen = new Map(),
    signal,
  }: {
    readonly most?: number
    readonly seen?: SeenCopies
    readonly signal?: AbortSignal
  } = {},
): Promise<HostRecords> {
  const known = [...seen.keys()].flatMap(key =>
    key.startsWith(`${door.host} `) ? [key.slice(door.host.length + 1)] : [],
  )
  const argv = readArgv(door.node, known.slice(-100), most)
  const answer = await door.ask(argv, {timeout: 20_000, ...(signal ? {signal} : {})})
  return readAnswer(answer, door.host, seen)
}

export function readAnswer(answer: Answer, host: string, seen: SeenCopies = new Map()): HostRecords {
  const {stdout} = answer
  const lines = stdout.split('\n')
  if (lines.pop() !== '' || lines.pop() !== 'end') throw notUnderstood(host, answer)
  const now = number(/^now (\d{1,12})$/, lines.pop())
  const uid = number(/^uid (\d{1,10})$/, lines.pop())
  const place = lines.pop()
  if (now === undefined || uid === undefined || !isPlace(place)) throw notUnderstood(host, answer)
  const stats = new Map<string, {readonly time: number; readonly uid: number}>()
  const copies: HostCopy[] = []
  let file: string | undefined
  let body: string[] = []
  const close = (head?: string): void => {
    const [, , kind, id] = (file !== undefined && fileName.exec(file)) || []
    if (file !== undefined && kind !== undefined) {
      const text = `${body.join('\n')}\n`
      const stat = stats.get(file)
      const key = `${host} ${head ?? lastHead(body)}`
      const read = (head === undefined ? undefined : seen.get(key)) ?? once(() => readCopy(text))
      if (head === undefined) seen.set(key, read)
      copies.push({
        host,
        file,
        kind: kind as ChainKind,
        id: id!,
        uid: stat?.uid,
        age: stat === undefined ? undefined : Math.max(0, now - stat.time),
        read,
      })
    }
    file = undefined
    body = []
  }
  for (const line of lines) {
    const stat = /^stat (\d{1,12}) (\d{1,10}) \d{1,5} (\/.+)$/.exec(line)
    const same = /^= \d{1,9} ([0-9a-f]{24})$/.exec(line)
    if (file !== undefined && line.startsWith('| ')) body.push(line.slice(2))
    else if (file !== undefined && same) close(same[1])
    else if (line.startsWith('file /')) {
      close()
      file = line.slice('file '.length)
    } else if (stat) stats.set(stat[3]!, {time: Number(stat[1]), uid: Number(stat[2])})
    else if (!/^more \//.test(line)) throw notUnderstood(host, answer)
  }
  close()
  return {host, copies, place, uid}
}

function once<T>(make: () => T): () => T {
  let made: {readonly value: T} | undefined
  return () => {
    made ??= {value: make()}
    return made.value
  }
}

const lastHead = (lines: readonly string[]): string => lines.at(-1)?.split(' ')[1] ?? ''

const isPlace = (word: string | undefined): word is HostRecords['place'] =>
  word === 'prepared' || word === 'shared' || word === 'denied' || word === 'unsafe'

const number = (pattern: RegExp, line: string | undefined): number | undefined => {
  const found = pattern.exec(line ?? '')
  return found ? Number(found[1]) : undefined
}

const notUnderstood = (host: string, answer: Answer): OpsError =>
  scriptNotUnderstood(host, 'what it remembers', answer)
