/** What a host says is bounded in digits, depth, terms and length before it is worked on: an error comes soon, and is short. */
import {describe, expect, it} from 'vitest'
import type {Answer} from '../../src/riak/answers/answer.ts'
import {readHandoffConfig} from '../../src/riak/answers/handoff-config.ts'
import {describeProblem, type NotUnderstood} from '../../src/riak/answers/lines.ts'
import {readMemberStatus} from '../../src/riak/answers/member-status.ts'
import {readRingStatus} from '../../src/riak/answers/ring-status.ts'
import {readRingReady} from '../../src/riak/answers/ringready.ts'
import {readTransfers} from '../../src/riak/answers/transfers.ts'
import {readVersions} from '../../src/riak/answers/versions.ts'
import type {Door} from '../../src/riak/door.ts'
import {readStorage} from '../../src/riak/host/storage.ts'
import {askCluster} from '../../src/riak/ring/ask-cluster.ts'
import {decodeSnapshot} from '../../src/riak/ring/snapshot-eval.ts'
import {brief, text} from '../../src/riak/terms/decode.ts'
import {readTerm} from '../../src/riak/terms/term.ts'
import {partitionIndex} from '../../src/ring/ring.ts'
import {readVnodeStatus} from '../support/answers/vnode-status.ts'

/** as many bytes as are kept of an answer */
const most = 8 * 2 ** 20
/** ms; each of these took from seven seconds to many minutes */
const soon = 4000

/** By this process's own time: others may want the machine too. Errors are values here, so that none hides another. */
function soonDone<T>(work: () => T): T | Error {
  const began = process.cpuUsage()
  let done: T | Error
  try {
    done = work()
  } catch (error) {
    done = error as Error
  }
  const {user, system} = process.cpuUsage(began)
  expect((user + system) / 1000).toBeLessThan(soon)
  return done
}

const lines = (line: (at: number) => string, room = most): string => {
  const all: string[] = []
  for (let at = 0, length = 0; length < room; at += 1) {
    all.push(line(at))
    length += all.at(-1)!.length + 1
  }
  return all.join('\n')
}

const told = (stdout: string): Answer => ({stdout, stderr: '', code: 0})

describe('a term', () => {
  it.each([
    ['a decimal', '9'.repeat(most - 1)],
    ['an integer in base 36', `36#${'Z'.repeat(most - 4)}`],
    ['an integer in base 7', `7#${'6'.repeat(300_000)}`],
    ['an integer in base 16', `16#${'F'.repeat(most - 4)}`],
    ['a fraction', `1.${'9'.repeat(most - 3)}`],
    ['an atom', 'a'.repeat(most - 1)],
    ['a quoted atom', `'${'\\n'.repeat(most / 2 - 2)}'`],
    ['lists', `[${'[],'.repeat(most / 3 - 2)}[]]`],
    ['nesting', '['.repeat(most)],
  ])('of %s that fills an answer is refused soon, in a few words', (_, term) => {
    for (const whole of [term, `{ringup,1,[{partitions,${term}}]}`])
      expect(soonDone(() => readTerm(whole))).toMatchObject({
        name: 'TermError',
        message: expect.stringMatching(/^.{1,200}$/),
      })
  })

  it('of as many digits as Riak uses is read', () => {
    expect(readTerm('-36#zz')).toBe(-1295)
    expect(readTerm(`16#${'f'.repeat(50)}`)).toBe(16n ** 50n - 1n)
    expect(readTerm('9'.repeat(400))).toBe(10n ** 400n - 1n)
  })

  it('is shown in a few words, and a text made of it is bounded', () => {
    expect(brief({atom: 'a'.repeat(255)}).length).toBeLessThan(100)
    expect(brief({opaque: `<${'1'.repeat(most)}>`}).length).toBeLessThan(100)
    expect(brief(10n ** 300n).length).toBeLessThan(100)
    const codes = {list: Array.from({length: 1_000_000}, () => 97)}
    for (const long of ['a'.repeat(most), codes, {list: [0x110000]}, {list: [-1]}])
      expect(() => text(long, 'x')).toThrow(/^.{1,200}$/)
  })
})

/** As a member of a large cluster answers. */
function snapshotText(partitions: number, members: number, version = '3.2.3', pending = 0): string {
  const name = (at: number): string => `'riak@10.20.${at >> 8}.${at & 255}'`
  const all = Array.from({length: members}, (_, at) => name(at)).sort()
  const owners = Array.from({length: partitions}, (_, at) => all[at % members]!)
  const moves = Array.from(
    {length: pending},
    (_, at) =>
      `{${partitionIndex(at, partitions)},${owners[at]},${all[(at + 1) % members]},[riak_kv_vnode,riak_pipe_vnode],awaiting}`,
  )
  const facts = all.map(
    node =>
      `{${node},[{ring,1},{ready,true},{limit,2},{cluster_limit,undefined},{no_inbound,undefined},{no_outbound,undefined},{version,"${version}"},{otp,"25"},{transfers,[]}]}`,
  )
  return `{ringup,1,[{node,${all[0]}},{partitions,${partitions}},{members,[${all.map(node => `{${node},valid}`).join(',')}]},{owners,[${owners.join(',')}]},{pending,[${moves.join(',')}]},{claimant,${all[0]}},{locations,[]},{location_changed,false},{env,[]},{nodes,[${facts.join(',')}]}]}`
}

describe('a snapshot', () => {
  it('of the largest ring there is and a thousand nodes is read, with 30 000 partitions on their way', () => {
    const whole = snapshotText(65_536, 1000, '3.2.3', 30_000)
    expect(whole.length).toBeLessThan(most)

    const read = soonDone(() => decodeSnapshot(readTerm(whole), 0))
    if (read instanceof Error) throw read
    const {ring, nodes} = read

    expect([ring.owners.length, ring.pending.length, nodes.length]).toEqual([65_536, 30_000, 1000])
  })

  it('with a release that fills an answer is refused in a few words', () => {
    expect(() => decodeSnapshot(readTerm(snapshotText(8, 2, '3'.repeat(1_500_000))), 0)).toThrow(/^.{1,200}$/)
  })

  it('names the host that told it (exit 10), and nobody waits for it', async () => {
    const door = (host: string, stdout: string): Door => ({
      host,
      node: `riak@${host}`,
      riak: ['riak'],
      eval: true,
      dataDir: '/d',
      ask: async () => told(stdout),
    })
    const clock = {now: Date.now, sleep: () => new Promise<void>(() => {})}
    const lying = door(
      'r01',
      snapshotText(8, 2).replace('{partitions,8}', `{partitions,36#${'Z'.repeat(most / 2)}}`),
    )
    await expect(askCluster([lying], clock)).rejects.toMatchObject({
      exitCode: 10,
      where: 'r01',
      message: expect.stringMatching(/^r01: .{1,500}$/s),
    })
    const {door: asked} = await askCluster([lying, door('r02', snapshotText(8, 2))], clock)
    expect(asked.host).toBe('r02')
  })
})

const transfers = (waiting: string): string => `${waiting}\n\nActive Transfers:\n\nok\n`

describe('a text that fills an answer is read, or refused in a few words, soon', () => {
  const cases: Readonly<Record<string, readonly [(answer: Answer) => object, string]>> = {
    'nodes that wait': [readTransfers, transfers(lines(at => `riak@n${at} waiting to handoff 1 partitions`))],
    'a number of a million digits': [
      readTransfers,
      transfers(`riak@n waiting to handoff ${'9'.repeat(most - 100)} partitions`),
    ],
    'a list over many lines': [
      readRingReady,
      `TRUE All nodes agree on the ring ['riak@a',\n${lines(at => `   'riak@${at}',`)}`,
    ],
    'pending changes': [
      readRingStatus,
      `=== Claimant ===\nClaimant:  'riak@a'\nStatus:     up\nRing Ready: true\n\n=== Ownership Handoff ===\nOwner:      riak@a\nNext Owner: riak@b\n\n${lines(at => `Index: ${at}\n  Waiting on: [riak_kv_vnode]`)}\n`,
    ],
    members: [
      readMemberStatus,
      `===== Membership =====\nStatus     Ring    Pending    Node\n${'-'.repeat(79)}\n${lines(at => `valid       0.0%      --      riak@n${at}`)}\n`,
    ],
    'a table of lists in lists': [
      readHandoffConfig,
      `[{"type":"table","table":[{"node":${'['.repeat(100_000)}${']'.repeat(100_000)}}]}]\nok\n`,
    ],
    'a status that never ends': [
      readVnodeStatus,
      `Vnode status information\n-----\n\nVNode: 0\nBackend: x\nStatus:\n[\n${lines(() => ' {a,1},')}`,
    ],
    'a release': [readVersions, `Installed versions:\n* ${'3'.repeat(most)}\tpermanent\n`],
    'folders of partitions': [
      answer => readStorage(answer, 64) ?? {},
      `df 1 1 1\n${lines(at => `du 1 bitcask/${'9'.repeat(at % 2 === 0 ? 10 : 5000)}`)}\nend\n`,
    ],
  }

  it.each(Object.entries(cases))('%s', (_, [read, answer]) => {
    const reading = soonDone(() => read(told(answer)))

    if (reading instanceof Error) throw reading
    if ('problem' in reading)
      expect(describeProblem(reading.problem as NotUnderstood).length).toBeLessThan(1000)
  })
})
