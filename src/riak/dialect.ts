/**
 * What differs between releases of Riak in the commands that ringup sends and in what they answer: one value a release
 * line. Readers know one form; what an older release prints is brought into it by `inNewWords`. 3.2 and 3.4 are what the
 * tests on real nodes run; 2.x and 3.0 are as their public start scripts and published answers have it.
 */

import {OpsError} from '../errors.ts'
import type {Snapshot} from '../ring/snapshot.ts'
import {type Answer, isNotRunning, printed} from './answers/answer.ts'
import type {Door} from './door.ts'
import {type ReleaseLine, releaseLine, spokenReleases} from './releases.ts'

export type Dialect = {
  readonly line: ReleaseLine
  /** `riak admin`, or `riak-admin` beside it */
  readonly admin: 'word' | 'program'
  /** what starts a node in the background */
  readonly start: 'start' | 'daemon'
  /** an admin command ends with the call's return term; without it an `error` shows in exit status 1 alone */
  readonly returnTerm: boolean
  /** whether there is `riak eval`: without it only text tells, and less of it */
  readonly eval: boolean
}

const newest = {admin: 'word', start: 'daemon', returnTerm: true, eval: true} as const

const dialects: Readonly<Record<ReleaseLine, Dialect>> = {
  '2.x': {line: '2.x', admin: 'program', start: 'start', returnTerm: false, eval: false},
  '3.0': {line: '3.0', admin: 'word', start: 'start', returnTerm: false, eval: true},
  '3.2': {line: '3.2', ...newest},
  '3.4': {line: '3.4', ...newest},
}

/** Of a release that is not known: the newest, since what it answers is understood or refused. */
export const dialectOf = (version: string): Dialect => dialects[releaseLine(version) ?? '3.4']

/** By the first member that tells its release. */
export const dialectIn = ({nodes}: Pick<Snapshot, 'nodes'>): Dialect =>
  dialectOf(nodes.map(({version}) => version).find(version => version !== 'unknown') ?? '')

/** Throws an `OpsError` (exit 10) for a release before those that ringup speaks, by its name. */
export function refuseUnspoken(host: string, version: string): void {
  if (!/^[01]\./.test(version)) return
  throw new OpsError(
    'notUnderstood',
    `${host} has Riak ${version.slice(0, 40)}, which ringup does not speak: it speaks ${spokenReleases}`,
    {
      where: host,
      hint: `upgrade it to one of these, or work with riak-admin there: ringup exec ${host} -- riak-admin member-status`,
      facts: {class: 'release', host, version},
    },
  )
}

/** The words before an admin command, as `['sudo', 'riak', 'admin']`. */
export function adminWords(riak: Door['riak'], {admin}: Pick<Dialect, 'admin'>): readonly string[] {
  const program = riak.at(-1)!
  return admin === 'word' ? [...riak, 'admin'] : [...riak.slice(0, -1), `${program}-admin`]
}

/**
 * The answer of an admin command as the newest releases give it. Where the call's return term is not printed, the exit
 * status tells which it was: 0 is `ok`, 1 is `error`.
 */
export function inNewWords(answer: Answer, {returnTerm}: Pick<Dialect, 'returnTerm'>): Answer {
  if (returnTerm || isNotRunning(answer) || (answer.code !== 0 && answer.code !== 1)) return answer
  const text = answer.stdout.trimEnd()
  const term = answer.code === 0 ? 'ok' : 'error'
  return {...answer, stdout: `${text}${text === '' ? '' : '\n'}${term}\n`, code: 0}
}

/** `2.9.10`, as 2.x answers `riak version`. */
export const readOldVersion = (answer: Answer): string | undefined =>
  isNotRunning(answer) ? undefined : /^(\d+\.\d+\.\S{1,100})$/.exec(printed(answer))?.[1]
