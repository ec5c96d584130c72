/**
 * What differs between releases of Riak in the commands that ringup sends. 3.2 and 3.4 are what the tests on real
 * nodes run; 2.x and 3.0 are as their public start scripts have it.
 */

import {type Answer, isNotRunning, printed} from './answers/answer.ts'
import type {Door} from './door.ts'
import {type ReleaseLine, releaseLine} from './releases.ts'

export type Dialect = {
  /** `riak admin`, or `riak-admin` beside it */
  readonly admin: 'word' | 'program'
  /** what starts a node in the background */
  readonly start: 'start' | 'daemon'
}

const dialects: Readonly<Record<ReleaseLine, Dialect>> = {
  '2.x': {admin: 'program', start: 'start'},
  '3.0': {admin: 'word', start: 'start'},
  '3.2': {admin: 'word', start: 'daemon'},
  '3.4': {admin: 'word', start: 'daemon'},
}

/** Of a release that is not known: the newest, since what it answers is understood or refused. */
export const dialectOf = (version: string): Dialect => dialects[releaseLine(version) ?? '3.4']

/** The words before an admin command, as `['sudo', 'riak', 'admin']`. */
export function adminWords(riak: Door['riak'], {admin}: Dialect): readonly string[] {
  const program = riak.at(-1)!
  return admin === 'word' ? [...riak, 'admin'] : [...riak.slice(0, -1), `${program}-admin`]
}

/** `2.9.10`, as 2.x answers `riak version`. */
export const readOldVersion = (answer: Answer): string | undefined =>
  isNotRunning(answer) ? undefined : /^(\d+\.\d+\.\S{1,100})$/.exec(printed(answer))?.[1]
