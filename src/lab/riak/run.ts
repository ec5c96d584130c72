/**
 * A command as it runs: what it prints, how long it waits in between (ms of the cluster's time), what of this machine it waits
 * for, and its exit status at the end. Whoever drives it decides what a wait is: a moment of real time, or a clock moved on.
 */
import {printAfter} from '../erlang/pretty-term.ts'
import {printAtom} from '../erlang/print-term.ts'
import type {Term} from '../erlang/term.ts'
import type {LabNode, World} from '../model/world.ts'

export type Step =
  | {readonly out: string}
  | {readonly err: string}
  | {readonly wait: number}
  | {readonly meanwhile: Promise<unknown>}

export type Run = Generator<Step, number, void>

/** The node a command was sent to. */
export type Asked = {readonly world: World; readonly node: LabNode}

/** What a call to a running node prints: its text, then the call's return term on a line of its own. */
export type Spoken = {
  readonly text: string
  readonly last?: 'ok' | 'error' | '{error,1}'
  readonly err?: string
  readonly exit?: number
  /** ms until it answers, beyond the usual */
  readonly wait?: number
}

export function* speak({text, last, err, exit = 0, wait = 0}: Spoken): Run {
  if (wait > 0) yield {wait}
  yield {out: last === undefined ? text : `${text}${last}\n`}
  if (err !== undefined) yield {err}
  return exit
}

export function* say(text: string, exit = 0): Run {
  if (text !== '') yield {out: text}
  return exit
}

export const ok = (text: string, wait = 0): Spoken => ({text, last: 'ok', wait})
export const failed = (text: string, wait = 0): Spoken => ({text, last: 'error', wait})

/** A call that crashed on the node; the only failure with an exit status. */
export const crashed = (node: LabNode, reason: Term, wait = 0): Spoken => ({
  text: `${printAfter(`RPC to ${printAtom(node.name)} failed: `, reason)}\n`,
  exit: 1,
  wait,
})
