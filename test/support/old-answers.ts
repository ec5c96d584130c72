/** Answers of releases from 1.1 to 3.0 as operators and documents have published them, and one whole host of 2.2.6. */
import {readdirSync, readFileSync} from 'node:fs'
import type {Answer} from '../../src/riak/answers/answer.ts'
import {type Dialect, dialectOf} from '../../src/riak/dialect.ts'

const folder = new URL('../fixtures/old-answers/', import.meta.url)
const host226 = new URL('../fixtures/answers-2.2.6/', import.meta.url)

export type OldAnswer = {
  readonly name: string
  readonly command: string
  readonly version: string
  readonly host: string
  readonly answer: Answer
  readonly dialect: Dialect
}

/** Each file has a head of `# key: value` lines. */
export const oldAnswers = (): OldAnswer[] =>
  readdirSync(folder)
    .filter(name => name.endsWith('.txt'))
    .map(name => {
      const text = readFileSync(new URL(name, folder), 'utf8')
      const [head] = /^(?:# .*\n)+/.exec(text)!
      const get = (key: string): string => new RegExp(`^# ${key}: (.*)$`, 'm').exec(head)?.[1] ?? ''
      const version = get('version')
      return {
        name,
        command: get('command'),
        version,
        host: get('host'),
        dialect: dialectFor(version),
        answer: {stdout: text.slice(head.length), stderr: get('stderr'), code: Number(get('exit'))},
      }
    })

/** What is older than 2.0 prints the same, where it can be read at all. */
const dialectFor = (version: string): Dialect =>
  dialectOf(version.startsWith('3.') ? '3.0.16' : version.startsWith('1.2-3.4') ? '3.2.3' : '2.2.6')

/** What each shows: its outcome, and the reading in a line. */
export const readings = (): ReadonlyMap<string, readonly [outcome: string, shows: string]> =>
  new Map(
    readFileSync(new URL('readings.tsv', folder), 'utf8')
      .trimEnd()
      .split('\n')
      .map(line => line.split('\t'))
      .map(([name, outcome, shows]) => [name!, [outcome!, shows!]]),
  )

/** By the words after `riak-admin`: what a node of three prints. */
export const answers226 = (): ReadonlyMap<string, string> =>
  new Map(readdirSync(host226).map(name => [name, readFileSync(new URL(name, host226), 'utf8')]))
