/** What a host says of the claims on its node: read from the lock's own script, and nothing in it is taken on trust. */
import {jsonText} from '../printable.ts'
import type {Answer} from '../riak/answers/answer.ts'
import {scriptNotUnderstood} from '../riak/own-script.ts'

export type LockRecord = {
  readonly run: string
  /** the login on the holder's own machine */
  readonly holder: string
  readonly host: string
  readonly pid: number
  /** which start of which machine, and which of its processes: an id alone is used again */
  readonly process?: string
  readonly reason: string
  /** ms since 1970, by the holder's clock */
  readonly startedAt: number
  /** what the holder calls the cluster */
  readonly cluster: string
}

export type Claim = {
  /** path on the host */
  readonly file: string
  readonly token: string
  /** `other`: no regular file, and so no claim */
  readonly state: 'own' | 'fresh' | 'expired' | 'other'
  /** as `ls -l` has it */
  readonly mode: string
  readonly uid: number
  /** seconds since the last heartbeat, by the host's clock */
  readonly age?: number
  readonly record: LockRecord | 'unreadable'
}

export type LockOutcome =
  | 'acquired'
  | 'held'
  | 'busy'
  | 'failed'
  | 'kept'
  | 'lost'
  | 'released'
  /** nothing holds it any more; what has expired and cannot be taken away is there still */
  | 'left'
  | 'none'
  | 'shown'
  | 'unsafe'
  | 'denied'

export type LockAnswer = {
  readonly outcome: LockOutcome
  readonly claims: readonly Claim[]
  /** there are more files than are shown */
  readonly more: boolean
  /** the base of claims on the host: `/var/tmp/ringup-riak@10.0.0.1.lock` */
  readonly where: string
}

const outcomes: ReadonlySet<string> = new Set<LockOutcome>([
  'acquired',
  'held',
  'busy',
  'failed',
  'kept',
  'lost',
  'released',
  'left',
  'none',
  'shown',
  'unsafe',
  'denied',
])

const claimLine =
  /^(own|fresh|expired|other) ([A-Za-z0-9.?-]{1,250}) ([a-zA-Z.+@-]{0,20}) ?(\d{0,10}) ?(\d{0,12})$/

/** Reads the script's answer. Throws an `OpsError` (exit 10) for anything else. */
export function readLockAnswer(answer: Answer, host: string): LockAnswer {
  const {stdout} = answer
  const lines = stdout.length > 200_000 ? [] : stdout.split('\n').filter(line => line !== '')
  const [outcome = '', ...rest] = lines
  const [where, now, end] = rest.slice(-3)
  const at = /^now (\d{1,12})$/.exec(now ?? '')
  const base = /^where (\/.+)$/.exec(where ?? '')
  if (!outcomes.has(outcome) || end !== 'end' || !at || !base)
    throw scriptNotUnderstood(host, 'the lock', answer)
  const claims: Claim[] = []
  let texts: string[] = []
  let more = false
  const close = (): void => {
    const last = claims.at(-1)
    if (last) claims.splice(-1, 1, {...last, record: parseRecord(texts)})
    texts = []
  }
  for (const line of rest.slice(0, -3)) {
    const claim = claimLine.exec(line)
    if (line.startsWith('text ')) texts.push(line.slice(5))
    else if (line === 'more') more = true
    else if (claim) {
      close()
      const [, state, token, mode, uid, time] = claim
      claims.push({
        file: `${base[1]}.${token}`,
        token: token!,
        state: state as Claim['state'],
        mode: mode!,
        uid: Number(uid),
        ...(time === '' ? {} : {age: Number(at[1]) - Number(time)}),
        record: 'unreadable',
      })
    } else throw scriptNotUnderstood(host, 'the lock', answer)
  }
  close()
  return {outcome: outcome as LockOutcome, claims, more, where: base[1]!}
}

/** One line of ASCII, so that no locale of a host changes it. */
export const recordText = (record: LockRecord): string =>
  jsonText({...record, reason: record.reason.slice(0, 500)}).replace(
    /[^\x20-\x7e]/g,
    character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

const isWords = (value: unknown): value is string => typeof value === 'string' && value.length <= 1000
const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0

function parseRecord([head, text = '']: readonly string[]): LockRecord | 'unreadable' {
  if (head !== 'ringup lock 2') return 'unreadable'
  try {
    const value = JSON.parse(text) as Partial<Record<keyof LockRecord, unknown>> | null
    const {run, holder, host, pid, process, reason, startedAt, cluster} = value ?? {}
    if (!isWords(run) || !isWords(holder) || !isWords(host) || !isWords(reason) || !isWords(cluster))
      return 'unreadable'
    if (!isCount(pid) || !isCount(startedAt)) return 'unreadable'
    return {run, holder, host, pid, reason, startedAt, cluster, ...(isWords(process) ? {process} : {})}
  } catch {
    return 'unreadable'
  }
}
