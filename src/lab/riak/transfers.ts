/** `riak admin transfers`: vnodes that are not where they belong, and a picture of every transfer under way. */

import {partitionIndex} from '../../ring/ring.ts'
import {printAfter} from '../erlang/pretty-term.ts'
import {printAtom} from '../erlang/print-term.ts'
import {atom, list} from '../erlang/term.ts'
import {lastReport} from '../model/progress.ts'
import {runningPartitions} from '../model/vnodes.ts'
import type {LabNode, Transfer, World} from '../model/world.ts'
import {centre, dateTime, humanSize, humanTime, right} from './columns.ts'
import {awayOf, peersOf, waitFor} from './peers.ts'
import {type Asked, ok, type Spoken} from './run.ts'

/** Transfers that a node is sending. */
export const sentBy = (node: LabNode): Transfer[] => node.handoffs.filter(({from}) => from === node.name)

export function answerTransfers({world, node}: Asked): Spoken {
  const peers = peersOf(world, node)
  const away = awayOf(node, peers)
  const down = away.length > 0 ? `${printAfter('Nodes ', list(away.map(atom)))} are currently down.\n` : ''
  const misplaced = [...peers.up]
    .reverse()
    .map(peer => misplacedText(world, peer))
    .join('')
  const pictures = peers.up.flatMap(sentBy).map(transfer => transferText(world, node, transfer))
  const unreached = away.map(name => `Node ${printAtom(name)} could not be contacted\n`)
  return ok(
    [
      down,
      misplaced === '' ? 'No transfers active\n' : misplaced,
      '\nActive Transfers:\n\n',
      ...pictures,
      '\n',
      ...unreached,
    ].join(''),
    waitFor(peers, 35_000),
  )
}

function misplacedText(world: World, node: LabNode): string {
  const {secondary, stopped} = runningPartitions(world, node)
  const name = printAtom(node.name)
  const waiting = secondary.length > 0 ? `${name} waiting to handoff ${secondary.length} partitions\n` : ''
  const missing =
    stopped.length > 0 ? `${name} does not have ${stopped.length} primary partitions running\n` : ''
  return waiting + missing
}

function transferText(world: World, asked: LabNode, transfer: Transfer): string {
  const {partition, from, to, kind, module, startedAt, data} = transfer
  const report = lastReport(transfer, world.now, world.settings.timing.report)
  const ago = (at: number): string => `[${humanTime((world.now - at) * 1000)} ago]`
  const head = [
    `transfer type: ${kind}\n`,
    `vnode type: ${module}\n`,
    `partition: ${partitionIndex(partition, asked.view.ring.partitions)}\n`,
    `started: ${dateTime(startedAt)} ${ago(startedAt)}\n`,
  ]
  const progress = report
    ? [
        `last update: ${dateTime(report.at)} ${ago(report.at)}\n`,
        `total size: ${data.objects} objects\n`,
        `objects transferred: ${report.objects}\n\n`,
        arrowBox(from, to, {
          objects: `${report.objectsPerSecond} Objs/s`,
          bytes: `${humanSize(report.bytesPerSecond)}/s`,
          done: report.done,
        }),
      ]
    : [
        'last update: no updates seen\n',
        'total size: unknown\n',
        'objects transferred: unknown\n\n',
        arrowBox(from, to, {objects: 'unknown', bytes: 'unknown', done: 0}),
      ]
  return [...head, ...progress, '\n'].join('')
}

const nameWidth = 25

function arrowBox(
  from: string,
  to: string,
  {objects, bytes, done}: {readonly objects: string; readonly bytes: string; readonly done: number},
): string {
  const fitted = (name: string): string =>
    name.length < nameWidth ? centre(name, nameWidth) : right(name, nameWidth)
  const arrow = `${fitted(from)} ${right('=======> ', 10)} ${fitted(to)}`
  const rest = [1, 2].map(line => {
    const parts = [from, to].map(name => name.slice(line * nameWidth, (line + 1) * nameWidth))
    return parts.every(part => part === '')
      ? ''
      : `${parts[0]!.padEnd(nameWidth)} ${' '.repeat(10)} ${parts[1]!.padEnd(nameWidth)}\n`
  })
  const line = (text: string): string => `${centre(text, arrow.length)}\n`
  return line(objects) + `${arrow}\n` + rest.join('') + line(`     ${progressBar(done)}`) + line(bytes)
}

const barWidth = 43

function progressBar(done: number): string {
  const filled = Math.min(barWidth, Math.trunc(done * barWidth))
  return `|${'='.repeat(filled)}${' '.repeat(barWidth - filled)}| ${right(String(Math.trunc(done * 100)), 3)}%`
}
