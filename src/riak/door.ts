/** A way to one host's Riak: who it is, and a function that asks it. How it gets there is not known here. */
import type {NodeName} from '../ring/ring.ts'
import type {Answer} from './answers/answer.ts'

/** As the inventory says; undefined: whichever is there. A list is a command that takes `start`, as `sudo service riak`. */
export type Service = 'systemd' | 'riak' | readonly string[] | undefined

export type Door = {
  /** the host's name in the inventory */
  readonly host: string
  readonly node: NodeName
  /** words that call riak there, as `['sudo', 'riak']` */
  readonly riak: readonly string[]
  /** false: `riak eval` must not be used */
  readonly eval: boolean
  readonly dataDir: string
  /** what starts a node there; undefined: a unit of systemd where there is one */
  readonly service?: Service
  /** who logs in there, for messages */
  readonly login?: string
  /** Runs an argv there; throws only when the host cannot be reached or did not answer. */
  readonly ask: Ask
}

export type Ask = (
  argv: readonly string[],
  options?: {readonly timeout?: number; readonly signal?: AbortSignal},
) => Promise<Answer>
