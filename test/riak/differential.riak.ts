/**
 * The practice ring against the real thing: one script to both, and every answer compared once times, rates and pids
 * are taken out.
 */
import {afterAll, beforeAll, expect, test} from 'vitest'
import {kill, start} from '../../src/lab/model/lifecycle.ts'
import {addRunningNode, createPracticeRing} from '../../src/lab/model/practice-ring.ts'
import {advance, isReady, nodeOf, type World} from '../../src/lab/model/world.ts'
import {quoteArgv} from '../../src/ssh/quote.ts'
import {play} from '../support/replay-lab.ts'
import {type RealCluster, startRealCluster} from './cluster.ts'
import {eventually} from './command.ts'
import {describeRiak} from './describe-riak.ts'
import {commandCount, type Move, type Play, script} from './differential-script.ts'

const nodes = 4
const ring = 16

type Said = {readonly exit: number | 'timeout'; readonly stdout: string; readonly stderr: string}

describeRiak('the practice ring and a real cluster', () => {
  let cluster: RealCluster
  let world: World
  const differences: string[] = []

  beforeAll(async () => {
    cluster = await startRealCluster({nodes, ring})
    world = createPracticeRing({
      startAt: Date.now(),
      // the timers of the real nodes, which are short as well
      timing: {managementTick: 500, inactivity: 500},
    })
    for (const {node} of cluster.hosts) addRunningNode(world, node, {ringSize: ring})
    advance(world, world.now + 60_000)
  })
  afterAll(() => cluster?.down())

  const name = (number: number): string =>
    cluster.hosts[number - 1]?.node ?? cluster.host(1).node.replace(/\d+$/, '99')
  const filled = (text: string): string =>
    text.replace(/\{(\d)\}/g, (_, number: string) => name(Number(number)))
  const argvOf = ({riak}: Play): string[] => {
    const [first = '', ...rest] = filled(riak).split(' ')
    return first === 'eval' ? ['riak', 'eval', rest.join(' ')] : ['riak', first, ...rest]
  }

  async function really(move: Play): Promise<Said> {
    const {code, stdout, stderr} = await cluster.inside(move.on, argvOf(move))
    return {exit: code, stdout, stderr}
  }

  async function practised(move: Play): Promise<Said> {
    return play(world, cluster.host(move.on).address, quoteArgv(['sudo', ...argvOf(move)]))
  }

  async function prepare(move: Exclude<Move, Play>): Promise<void> {
    if ('pause' in move) {
      await new Promise(resolve => setTimeout(resolve, move.pause))
      advance(world, world.now + move.pause)
    } else if ('settle' in move) {
      await cluster.settled(move.settle.length)
      const at = nodeOf(world, name(1))
      for (let left = 6000; (at.view.ring.pending.length > 0 || !isReady(at)) && left > 0; left -= 1)
        advance(world, world.now + 100)
      advance(world, world.now + 30_000)
    } else if ('exited' in move) {
      await eventually('the node to stop', {timeout: 90_000, interval: 500}, () =>
        cluster.running(move.exited) ? undefined : true,
      )
      const node = nodeOf(world, name(move.exited))
      for (let left = 900; node.state !== 'stopped' && left > 0; left -= 1) advance(world, world.now + 100)
    } else if ('kill' in move) {
      await cluster.kill(move.kill)
      kill(world, nodeOf(world, name(move.kill)))
    } else {
      await cluster.start(move.start)
      start(world, nodeOf(world, name(move.start)))
      advance(world, world.now + 30_000)
    }
  }

  test(`answer ${commandCount} commands alike`, {timeout: 600_000}, async () => {
    for (const [at, move] of script.entries()) {
      if (!('riak' in move)) {
        await prepare(move)
        continue
      }
      const began = Date.now()
      const real = await really(move)
      const ours = await practised(move)
      advance(world, Math.max(world.now, world.now + Date.now() - began - 900))
      const [wanted, got] = [seen(move, real), seen(move, ours)]
      if (wanted !== got)
        differences.push(
          `${at} on ${move.on}: riak ${filled(move.riak)}\n--- real\n${wanted}\n--- practice\n${got}`,
        )
    }
    console.error(`${commandCount} commands, ${differences.length} answered otherwise`)
    if (differences.length > 0) console.error(differences.join('\n\n'))

    expect(commandCount).toBeGreaterThanOrEqual(80)
    expect(differences.map(text => text.split('\n')[0])).toEqual([])
  })
})

/** What is compared: exit status and both outputs, without what no two clusters have in common. */
function seen({how}: Play, {exit, stdout, stderr}: Said): string {
  const text = `exit ${exit}\n${masked(stdout)}${stderr === '' ? '' : `\n--err ${masked(stderr)}`}`
  if (how === 'exact') return text
  const lines = text
    .replace(/\d+/g, 'N')
    .split('\n')
    .map(line => line.replace(/ +/g, ' '))
  return [...new Set(lines)].sort().join('\n')
}

const masked = (text: string): string =>
  text
    .replaceAll('\r', '')
    .replace(/\d+\.\d+\.\d+\tpermanent/g, 'VERSION\tpermanent')
    .replace(/<\d+\.\d+\.\d+>/g, '<pid>')
    .replace(/\b\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\b/g, 'TIME')
    .replace(/\[[\d.]+ \w+ ago\]/g, '[AGO]')
    // transfers of a plan come in no fixed order
    .replace(
      /(?:^ +\d+ transfers from .*\n)+/gm,
      block => `${block.trimEnd().split('\n').sort().join('\n')}\n`,
    )
