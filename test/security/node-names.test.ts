/** A host that calls a node what could become an option, a line of a file or part of a page is not believed. */
import {describe, expect, it} from 'vitest'
import {adoptedText} from '../../src/inventory/adopted-text.ts'
import {loadInventory} from '../../src/inventory/load.ts'
import {isNodeName} from '../../src/names.ts'
import {digestOf} from '../../src/plan/canonical.ts'
import {makePlan, type Plan} from '../../src/plan/plan.ts'
import type {Answer} from '../../src/riak/answers/answer.ts'
import {readHandoffConfig} from '../../src/riak/answers/handoff-config.ts'
import {readMemberStatus} from '../../src/riak/answers/member-status.ts'
import {readRingStatus} from '../../src/riak/answers/ring-status.ts'
import {readTrouble} from '../../src/riak/host/trouble.ts'
import {decodeSnapshot} from '../../src/riak/ring/snapshot-eval.ts'
import {readTerm} from '../../src/riak/terms/term.ts'
import {loadSnapshot} from '../../src/snapshot/load.ts'
import {parsePlan} from '../../src/state/plan-file.ts'
import {readClusterStatus} from '../support/answers/cluster-status.ts'
import {readHandoffDetails} from '../support/answers/handoff-details.ts'
import {readHandoffSummary} from '../support/answers/handoff-summary.ts'
import {readSetting} from '../support/answers/setting.ts'
import {ringOf, snapshotOf} from '../support/snapshots.ts'

const bad = [
  '-oProxyCommand=x@y',
  '--all',
  'riak@a\nssh: {user: root}',
  'riak@a, ssh: {user: root}',
  'riak@\x1b[31m',
  'riak@a b',
  'riak@$(id)',
  'riak',
  'riak@-x',
  '<b>@a',
  '',
]

const answer = (
  change: Partial<Record<'owner' | 'member' | 'claimant' | 'asked' | 'to', string>> = {},
  partitions = 2,
) => {
  const {owner = 'riak@a', member = 'riak@a', claimant = 'riak@a', asked = 'riak@a', to = 'riak@a'} = change
  const atom = (name: string): string => `'${name.replaceAll("'", "\\'")}'`
  return `{ringup,1,[{node,${atom(asked)}},{partitions,${partitions}},{members,[{${atom(member)},valid}]},{owners,[${atom(owner)},'riak@a']},{claimant,${atom(claimant)}},{pending,[{0,'riak@a',${atom(to)},[],awaiting}]},{locations,[]},{location_changed,false},{env,[]},{nodes,[]}]}`
}

describe('names of nodes', () => {
  it.each(bad)('%j is none', name => {
    expect(isNodeName(name)).toBe(false)
    for (const field of ['owner', 'member', 'claimant', 'asked', 'to'] as const)
      expect(() => decodeSnapshot(readTerm(answer({[field]: name})), 0), field).toThrow(
        'a node name is expected',
      )
  })

  it('that are usual are read', () => {
    expect(decodeSnapshot(readTerm(answer()), 0).ring.owners).toEqual(['riak@a', 'riak@a'])
    for (const name of ['riak@10.0.0.1', 'dev_1@host-2.example.net', 'riak@127.0.0.1'])
      expect(isNodeName(name)).toBe(true)
  })

  it('and a number of partitions that is not that of their owners is not believed', () => {
    for (const partitions of [1, 4, 2 ** 40])
      expect(() => decodeSnapshot(readTerm(answer({}, partitions)), 0)).toThrow(
        /owners for \d+ partitions|not the index/,
      )
  })

  it('stand in an adopted inventory as one line, whatever the release is called', () => {
    const text = adoptedText({
      cluster: 'c',
      ssh: {
        user: undefined,
        port: undefined,
        identityFile: undefined,
        knownHostsFile: undefined,
        proxyJump: [],
      },
      riak: {
        command: 'sudo riak',
        dataDir: '/x\n y',
        version: '3.2.3\nssh:\n  configFile: /tmp/evil\n#\u2028',
      },
      hosts: [{node: 'riak@10.0.0.1', location: 'rack\n  - { name: evil, address: evil }'}],
    })

    expect(text).not.toMatch(/^ssh:/m)
    expect(text).not.toMatch(/^ {2}- \{ name: evil/m)
    expect(loadInventory(text, 'i.yaml', '/').inventory).toBeUndefined()
  })
})

/** An answer of each text command that names a node. */
const texts = (node: string): readonly [string, (answer: Answer) => {readonly outcome: string}, string][] => [
  ['member-status', readMemberStatus, memberStatus(node)],
  [
    'ring-status',
    readRingStatus,
    `=== Claimant ===\nClaimant:  '${node}'\nStatus:     up\nRing Ready: true\n\n=== Ownership Handoff ===\nNo pending changes.\n\n=== Unreachable Nodes ===\nAll nodes are up and reachable\nok\n`,
  ],
  [
    'cluster status',
    readClusterStatus,
    `node,status,avail,ring,pending\n(C) ${node},valid,up,100.0,--\nok\n`,
  ],
  [
    'handoff config',
    readHandoffConfig,
    `node,transfer_limit,handoff.inbound,handoff.outbound,handoff.port\n${node},2,on,on,8099\nok\n`,
  ],
  [
    'handoff details',
    readHandoffDetails,
    JSON.stringify([
      {type: 'text', text: 'Type Key: O = Ownership, H = Hinted, Rz = Resize, Rp = Repair'},
      {
        type: 'table',
        table: [
          {Type: 'O', 'Source:ID': `${node}:1`, 'Target:ID': `${node}:1`, '%': '--', 'Rate (KB/s)': '--'},
        ],
      },
    ]) + '\nok\n',
  ],
  [
    'handoff summary',
    readHandoffSummary,
    JSON.stringify([
      {
        type: 'text',
        text: "Each cell indicates active transfers and, in parenthesis, the number of all known transfers.\nThe 'Total' column is the sum of the active transfers.",
      },
      {type: 'table', table: [{Node: node, Total: '0', Ownership: '', Resize: '', Hinted: '', Repair: ''}]},
    ]) + '\nok\n',
  ],
  ['show', answer => readSetting(answer, 'ring_size'), `node,ring_size\n${node},64\nok\n`],
]

const memberStatus = (node: string, location = ''): string =>
  `===== Membership =====\nStatus     Ring    Pending    Node\n${'-'.repeat(79)}\nvalid     100.0%      --      ${node}${location}\n${'-'.repeat(79)}\nValid:1 / Leaving:0 / Exiting:0 / Joining:0 / Down:0\nok\n`

const told = (stdout: string): Answer => ({stdout, stderr: '', code: 0})

describe('names in text that Riak prints', () => {
  it.each(['-oProxyCommand@10.0.0.2', '--all@x', 'riak@-x', 'riak@.x', `riak@${'x'.repeat(300)}`])(
    '%j is none there either',
    node => {
      for (const [command, read, text] of texts('riak@10.0.0.2'))
        expect(read(told(text)).outcome, command).toBe('read')
      for (const [command, read, text] of texts(node))
        if (node.length < 255 || command === 'member-status')
          expect(read(told(text)).outcome, command).toBe('unknown')
    },
  )

  it('is none of a line of a log', () => {
    const line = (node: string): string =>
      `log 2026-11-28T10:00:00Z error: ownership transfer from ${node} 0 to 'riak@b' failed\nend\n`
    expect(readTrouble(told(line("'riak@a'")), 'riak@a', 8)![0]).toMatchObject({from: 'riak@a', to: 'riak@b'})
    for (const node of ["'-oProxyCommand=x@y'", '--all@x', "'riak@a b'"])
      expect(readTrouble(told(line(node)), 'riak@a', 8)![0]).not.toHaveProperty('from')
  })
})

describe('a location that a command would take for an option', () => {
  const location = '--node=other'
  const changes = [
    {action: 'join', node: 'riak@c'},
    {action: 'setLocation', node: 'riak@c', location},
  ] as const
  const json = JSON.stringify

  it('is none in a plan, whatever its digest', () => {
    const snapshot = snapshotOf(ringOf('abababab'))
    const ofChange = makePlan({cluster: 'c', snapshot, changes})
    expect(() => parsePlan(json(ofChange), 'p.json')).toThrow(/changes\[\d\]\.location: a location/)

    const good = makePlan({cluster: 'c', snapshot, changes: changes.slice(0, 1)})
    const {digest: _, ...base} = {...good.base, locations: {'riak@a': location}}
    const {digest: __, ...content} = {...good, base: {digest: digestOf(base), ...base}} as Plan
    expect(() => parsePlan(json({...content, digest: digestOf(content)}), 'p.json')).toThrow(
      /base\.locations\.riak@a: a location/,
    )
  })

  it('is none in a snapshot', () => {
    const ring = ringOf('abababab', {locations: {'riak@a': location}})
    expect(() => loadSnapshot(json(snapshotOf(ring)), 's.json')).toThrow('a location')
    const staged = snapshotOf(ringOf('abababab'), {staged: [{...changes[1], node: 'riak@a'}]})
    expect(() => loadSnapshot(json(staged), 's.json')).toThrow('a location')
  })

  it('is none in an answer, by whichever road', () => {
    const of = (place: string): string =>
      answer().replace('{locations,[]}', `{locations,[{'riak@a',${place}}]}`)
    expect(decodeSnapshot(readTerm(of('"rack-1"')), 0).ring.locations).toEqual({'riak@a': 'rack-1'})
    for (const place of [`"${location}"`, json('x'.repeat(501))])
      expect(() => decodeSnapshot(readTerm(of(place)), 0)).toThrow('a location')

    expect(readMemberStatus(told(memberStatus('riak@a', ' (rack-1)'))).outcome).toBe('read')
    expect(readMemberStatus(told(memberStatus('riak@a', ` (${location})`))).outcome).toBe('unknown')
  })
})

describe('a ring that a member tells', () => {
  it('has each member once, and its owners and its claimant among them', () => {
    const twice = answer().replace(
      "{members,[{'riak@a',valid}]}",
      "{members,[{'riak@a',valid},{'riak@a',valid}]}",
    )
    expect(() => decodeSnapshot(readTerm(twice), 0)).toThrow('answer.ring.members[1]: riak@a is there twice')
    for (const field of ['owner', 'claimant', 'to'] as const)
      expect(() => decodeSnapshot(readTerm(answer({[field]: 'riak@b'})), 0), field).toThrow(
        'riak@b is not a member',
      )
    const facts =
      "{'riak@a',[{ring,1},{ready,true},{limit,2},{version,unknown},{otp,unknown},{transfers,unknown}]}"
    const nodes = (list: string): string => answer().replace('{nodes,[]}', `{nodes,[${list}]}`)
    expect(decodeSnapshot(readTerm(nodes(facts)), 0).nodes).toHaveLength(1)
    expect(() => decodeSnapshot(readTerm(nodes(`${facts},${facts}`)), 0)).toThrow(
      'answer.nodes[1]: riak@a is there twice',
    )
  })
})
