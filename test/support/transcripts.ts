/** The recordings of a real Riak KV 3.2.3 cluster: what was sent where, and all that came back. */
import {readdirSync, readFileSync} from 'node:fs'

const folder = new URL('../fixtures/transcripts/', import.meta.url)

export type Recorded = {
  readonly episode: string
  readonly host: string
  readonly command: string
  /** exit status; undefined when the command had to be killed */
  readonly code: number | undefined
  readonly stdout: string
  readonly stderr: string
  /** how long it took */
  readonly ms: number
}

/** Every recorded command of an episode, as `05-grow-5to8`, in order. */
export function recordedEpisode(episode: string): Recorded[] {
  return readFileSync(new URL(`${episode}.jsonl`, folder), 'utf8')
    .trimEnd()
    .split('\n')
    .map(line => {
      const {host, command, exit, stdout, stderr, ms} = JSON.parse(line) as {
        host: string
        command: string
        exit: number | string
        stdout: string
        stderr: string
        ms: number
      }
      return {episode, host, command, code: typeof exit === 'number' ? exit : undefined, stdout, stderr, ms}
    })
}

const episodes = (): string[] =>
  readdirSync(folder)
    .filter(name => name.endsWith('.jsonl'))
    .map(name => name.replace(/\.jsonl$/, ''))
    .sort()

/** All that Riak answered; df and du are asked by a script of ringup's own. */
export const allRecorded = (): Recorded[] =>
  episodes()
    .flatMap(recordedEpisode)
    .filter(({command}) => !/^(?:df|du) /.test(command))
