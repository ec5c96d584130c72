/** How many messages wait at vnodes: one that is busy begins no handoff. Only reads. */
import {type NodeName, partitionIndex} from '../../ring/ring.ts'
import {answerText} from '../answers/answer.ts'
import type {Ask, Door} from '../door.ts'
import {evaluate} from '../evaluate.ts'
import {atom, integer, list, properties, required, tuple} from '../terms/decode.ts'
import {readTerm, TermError} from '../terms/term.ts'

/** One line, no backslash and no `!`. */
export const queuesExpression = (partitions: readonly number[], ringSize: number): string =>
  [
    'T=fun(F)->try F() catch _:_->unknown end end,',
    'Q=fun(I)->T(fun()->{ok,P}=riak_core_vnode_manager:get_vnode_pid(I,riak_kv_vnode),element(2,erlang:process_info(P,message_queue_len)) end) end,',
    `{ringup_queues,[{node,node()},{queues,[Q(I)||I<-[${partitions.map(at => String(partitionIndex(at, ringSize))).join(',')}]]}]}.`,
  ].join('')

export type VnodeQueue = {readonly node: NodeName; readonly partition: number; readonly length: number}

/** Those that could be told; none where `riak eval` does not answer as expected. */
export async function askQueues(
  door: Door,
  partitions: readonly number[],
  ringSize: number,
  options?: Parameters<Ask>[1],
): Promise<VnodeQueue[]> {
  const answer = await evaluate(door, queuesExpression(partitions, ringSize), '{', options)
  try {
    const [, body] = tuple(atom, properties)(readTerm(answerText(answer)), 'answer')
    const lengths = required(
      body,
      'queues',
      list((term, path) => (typeof term === 'number' ? integer(term, path) : undefined)),
      'answer',
    )
    return lengths.flatMap((length, at) =>
      length === undefined ? [] : [{node: door.node, partition: partitions[at]!, length}],
    )
  } catch (error) {
    if (error instanceof TermError || (error as Error).name === 'DecodeError') return []
    throw error
  }
}
