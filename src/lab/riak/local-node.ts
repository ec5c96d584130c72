/** What the scripts on a host find out about their own node before they say anything else. */
import type {LabNode} from '../model/world.ts'
import {type Run, say} from './run.ts'

/** The VM is up and its distribution answers, whatever runs in it already. */
export const answers = (node: LabNode): boolean => node.state === 'starting' || node.state === 'running'

/** Until the first start the scripts know only the name that their configuration came with. */
export const nameOnHost = (node: LabNode): string => (node.everStarted ? node.name : 'riak@localhost')

export const notResponding = (node: LabNode): Run =>
  say(`Node ${nameOnHost(node)} is not responding to pings\n`, 1)

export const servicesOf = (node: LabNode): readonly string[] =>
  node.state === 'running' ? ['riak_kv', 'riak_pipe', 'riak_repl'] : []
