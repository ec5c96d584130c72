/** `riak admin show | set | describe` for the settings that can be looked at and changed while a node runs. */
import {setDirection, setTransferLimit} from '../model/handoff.ts'
import type {LabNode} from '../model/world.ts'
import type {Answer, Flags} from './clique.ts'
import type {Cell} from './clique-table.ts'
import {awayOf, peersOf, reachOf, waitFor} from './peers.ts'
import type {Asked, Spoken} from './run.ts'
import {transferLimitDescription} from './usage-texts.ts'

const settings: Readonly<Record<string, (node: LabNode) => Cell>> = {
  transfer_limit: node => node.transferLimit,
  'handoff.outbound': node => (node.outbound ? 'on' : 'off'),
  'handoff.inbound': node => (node.inbound ? 'on' : 'off'),
  'handoff.port': () => 8099,
  ring_size: node => node.ringSize,
  nodename: node => node.name,
}

export function showConfig({world, node}: Asked, keys: readonly string[], flags: Flags): Answer {
  const unknown = keys.filter(key => settings[key] === undefined)
  if (unknown.length > 0) return {error: `Invalid config keys: ${unknown.map(key => `${key} `).join('')}`}
  const peers = peersOf(world, node)
  const asked = flags.all ? peers.up : [flags.node === undefined ? node : world.nodes.get(flags.node)!]
  if (!flags.all && reachOf(world, node, asked[0]!.name) !== 'up')
    return {error: `Target node is down: '${asked[0]!.name}'\n`}
  const table = asked.map(each => [
    ['node', each.name] as const,
    ...keys.map(key => [key, settings[key]!(each)] as const),
  ])
  const away = flags.all ? awayOf(node, peers) : []
  const failed = `Failed to get config for: [${away.map(name => `'${name}'`).join()}]\n`
  return {
    elements: away.length > 0 ? [{table}, {alert: [{text: failed}]}] : [{table}],
    wait: flags.all ? waitFor(peers, 5000) : 0,
  }
}

/** `show KEY...`, `describe KEY...`, `set KEY=VALUE`: words that are keys, not commands. */
export function answerSettings(asked: Asked, [verb, ...rest]: readonly string[]): Answer | Spoken {
  const flags = flagsOf(rest)
  const words = rest.filter((word, at) => !word.startsWith('-') && !isFlagValue(rest, at))
  if (verb === 'set') return set(asked, words, flags)
  if (words.length === 0)
    return {
      error: `Usage: riak-admin ${verb} <variable> ...${verb === 'show' ? ' [[--node | -n] <node> | --all]' : ''}`,
    }
  if (verb === 'show') return showConfig(asked, words, flags)
  const unknown = words.filter(word => word !== 'transfer_limit')
  return unknown.length > 0
    ? {error: `Invalid config keys: ${unknown.map(key => `${key} `).join('')}`}
    : {elements: [{text: transferLimitDescription}]}
}

const isFlagValue = (rest: readonly string[], at: number): boolean => /^(--node|-n)$/.test(rest[at - 1] ?? '')

function flagsOf(rest: readonly string[]): Flags {
  const named = /(?:^| )(?:--node[= ]|-n ?)(\S+)/.exec(rest.join(' '))?.[1]
  const isAll = rest.includes('--all') || rest.includes('-a')
  return {...(named === undefined ? {} : {node: named}), ...(isAll ? {all: true as const} : {})}
}

function set({world, node}: Asked, words: readonly string[], flags: Flags): Answer {
  const target = flags.node === undefined ? node : world.nodes.get(flags.node)
  const targets = flags.all ? peersOf(world, node).up : target ? [target] : []
  if (words.length === 0 || targets.length === 0)
    return {error: 'Usage: riak-admin set <variable>=<value> ... [[--node | -n] <node> | --all]'}
  const texts: string[] = []
  for (const word of words) {
    const [key, value] = word.split('=') as [string, string | undefined]
    if (settings[key] === undefined) return {error: `Invalid config keys: ${key} `}
    if (value === undefined || key === 'handoff.port' || key === 'ring_size' || key === 'nodename')
      return {error: `The following config keys are not settable: ["${key}"]\n`}
    for (const each of targets) {
      if (key === 'transfer_limit') setTransferLimit(world, each, Number(value))
      else setDirection(world, each, key === 'handoff.inbound' ? 'inbound' : 'outbound', value !== 'off')
    }
    texts.push(`${key} set to ${JSON.stringify(value)}`)
  }
  return {elements: [{text: texts.join('\n')}]}
}
