/** `riak admin transfer-limit`: shows the limit of every member, sets it everywhere or on one node. */
import {printAfter} from '../erlang/pretty-term.ts'
import {printAtom} from '../erlang/print-term.ts'
import {atom, list} from '../erlang/term.ts'
import {setTransferLimit} from '../model/handoff.ts'
import {heading, right, rule} from './columns.ts'
import {awayOf, peersOf, reachOf, waitFor} from './peers.ts'
import {type Asked, failed, ok, type Spoken} from './run.ts'

const timeout = 5000

export function answerTransferLimit(asked: Asked, args: readonly string[]): Spoken {
  const [first, second] = args
  if (first === undefined) return showLimits(asked)
  return second === undefined ? setEverywhere(asked, first) : setOn(asked, first, second)
}

function showLimits({world, node}: Asked): Spoken {
  const peers = peersOf(world, node)
  const rows = peers.up.map(
    ({name, transferLimit}) => `${right(String(transferLimit), 5)}        ${printAtom(name)}\n`,
  )
  const offline = awayOf(node, peers).map(name => `(offline)    ${printAtom(name)}\n`)
  return ok(
    [
      heading(31, 'Transfer Limit', 32),
      'Limit        Node\n',
      rule,
      ...rows,
      ...offline,
      rule,
      "Note: You can change transfer limits with 'riak-admin transfer_limit <limit>'\n",
      "      and 'riak-admin transfer_limit <node> <limit>'\n",
    ].join(''),
    waitFor(peers, timeout),
  )
}

function setEverywhere({world, node}: Asked, text: string): Spoken {
  const limit = limitOf(text)
  if (limit === undefined) return failed(`Invalid limit: ${text}\n`)
  const peers = peersOf(world, node)
  for (const peer of peers.up) setTransferLimit(world, peer, limit)
  const away = awayOf(node, peers)
  const missed = away.length > 0 ? `${printAfter('Failed to set limit for: ', list(away.map(atom)))}\n` : ''
  return ok(`Setting transfer limit to ${limit} across the cluster\n${missed}`, waitFor(peers, timeout))
}

function setOn({world, node}: Asked, name: string, text: string): Spoken {
  const limit = limitOf(text)
  if (limit === undefined) return failed(`Invalid limit: ${text}\n`)
  const reach = reachOf(world, node, name)
  if (reach !== 'up')
    return ok(`Failed to set transfer limit for ${printAtom(name)}\n`, reach === 'silent' ? timeout : 0)
  setTransferLimit(world, world.nodes.get(name)!, limit)
  return ok(`Set transfer limit for ${printAtom(name)} to ${limit}\n`)
}

const limitOf = (text: string): number | undefined => (/^\+?\d+$/.test(text) ? Number(text) : undefined)
