/** What every function of a practice node's library is: terms in, a term out, on a node that may wait for others. */
import type {Ring} from '../../ring/ring.ts'
import {ErlangError} from '../erlang/erlang-error.ts'
import type {Call} from '../erlang/evaluate.ts'
import {atom, elements, type Term, tuple} from '../erlang/term.ts'
import type {LabNode} from '../model/world.ts'
import type {Asked} from './run.ts'

/** A node that an expression runs on; `waited`: ms it has waited for others. */
export type Place = Asked & {readonly waited: {ms: number}}

export type NodeFunction = (args: readonly Term[], call: Call<Place>) => Term

export const badarg = (): never => {
  throw new ErlangError(atom('badarg'))
}

export const text = (term: Term): string => {
  const codes = elements(term)
  return codes ? String.fromCodePoint(...(codes as readonly number[])) : badarg()
}

/** `{MegaSeconds,Seconds,MicroSeconds}` */
export const timestamp = (at: number): Term => {
  const seconds = Math.floor(at / 1000)
  return tuple(Math.floor(seconds / 1e6), seconds % 1e6, Math.round((at - seconds * 1000) * 1000))
}

/** A ring as an expression holds it: with the node whose copy it is. */
export type RingCopy = {readonly ring: Ring; readonly node: LabNode}

export const ringTerm = (copy: RingCopy): Term => ({handle: copy, shown: '{chstate_v2}'})

export const ringIn = (term: Term | undefined): RingCopy =>
  typeof term === 'object' && 'handle' in term && isRingCopy(term.handle) ? term.handle : badarg()

const isRingCopy = (handle: unknown): handle is RingCopy =>
  typeof handle === 'object' && handle !== null && 'ring' in handle
