/** Every check by itself: on a host as it should be, and on one that is wrong in just that. */
import {describe, expect, it} from 'vitest'
import type {Finding, Subject, World} from '../../../src/check/check.ts'
import {
  allChecks,
  clusterFindings,
  hostFindings,
  refusing,
  worstFirst,
} from '../../../src/check/run-checks.ts'
import {checkText} from '../../../src/report/hosts/check-text.ts'
import {junitText} from '../../../src/report/hosts/junit.ts'
import type {HostFacts, NodeConfig, PeerFacts} from '../../../src/riak/host/host-facts.ts'

const config: NodeConfig = {
  from: '/etc/riak/riak.conf',
  node: 'riak@10.0.0.4',
  cookieHash: 'aa',
  ringSize: 64,
  backend: 'bitcask',
  claim: 'choose_claim_v2',
  targetN: 4,
  handoffPort: 8099,
  handoffIp: '0.0.0.0',
  dataDir: '/var/lib/riak/',
}

const peer = (host: number, change: Partial<PeerFacts> = {}): PeerFacts => ({
  node: `riak@10.0.0.${host}`,
  address: `10.0.0.${host}`,
  epmd: {port: 4369, outcome: 'open'},
  handoff: {port: 8099, outcome: 'open'},
  distribution: {port: 6000, outcome: 'open'},
  registered: 6000,
  ...change,
})

/** as a host that waits looks from a member */
const waiting: Partial<PeerFacts> = {
  epmd: {port: 4369, outcome: 'refused'},
  handoff: {port: 8099, outcome: 'refused'},
  distribution: {port: 6000, outcome: 'refused'},
  registered: undefined,
}

const facts = (host: number, change: Partial<HostFacts> = {}): HostFacts => ({
  host: `r${host}`,
  node: `riak@10.0.0.${host}`,
  clock: {lowest: -40, highest: 60},
  riak: '/usr/sbin/riak',
  state: 'running',
  said: '',
  config: {...config, node: `riak@10.0.0.${host}`},
  members: ['riak@10.0.0.1', 'riak@10.0.0.2'],
  version: '3.2.3',
  otp: '25',
  bash: true,
  peers: [peer(4, waiting)],
  dataDir: '/var/lib/riak',
  disk: {size: 1000e9, free: 800e9, mountedOn: '/var/lib/riak'},
  mount: {device: '/dev/sdb', type: 'ext4', options: ['rw', 'noatime']},
  scheduler: 'none',
  ringFile: undefined,
  dataFile: undefined,
  dataBytes: 160e9,
  memory: 64e9,
  swap: 0,
  swappiness: 60,
  hugePages: 'never',
  openFiles: {limit: 65536, of: 'unit'},
  unit: {isThere: true, isEnabled: true, isActive: true, files: 65536, restart: 'no'},
  ...change,
})

const subject = (host: number, isMember: boolean, of: HostFacts | undefined): Subject => ({
  host: `r${host}`,
  node: `riak@10.0.0.${host}`,
  riak: 'sudo riak',
  dataDir: '/var/lib/riak',
  isMember,
  facts: of,
  place: 'prepared',
  failure: undefined,
})

const fresh = (change: Partial<HostFacts> = {}): HostFacts =>
  facts(4, {
    state: 'stopped',
    members: undefined,
    dataBytes: undefined,
    peers: [peer(1), peer(2), peer(4, waiting)],
    ...change,
  })

const world = (change: Partial<HostFacts> = {}, around: Partial<World> = {}): World => ({
  hosts: [subject(4, false, fresh(change))],
  members: [subject(1, true, facts(1)), subject(2, true, facts(2))],
  ring: {partitions: 64, nodes: ['riak@10.0.0.1', 'riak@10.0.0.2']},
  up: new Set(['riak@10.0.0.1', 'riak@10.0.0.2']),
  claim: {name: 'default_choose_claim', targetN: 4},
  versions: ['3.2.3', '3.2.3'],
  otps: ['25', '25'],
  owned: new Map([
    ['riak@10.0.0.1', 32],
    ['riak@10.0.0.2', 32],
  ]),
  planned: new Map([['riak@10.0.0.4', 21]]),
  diskPeak: 0.8,
  ...around,
})

const judged = (of: World): string[] =>
  hostFindings(of)
    .filter(({level}) => level !== 'pass')
    .map(({id, level, found}) => `${level} ${id}: ${found}`)

const withConfig = (change: Partial<NodeConfig>): World => world({config: {...config, ...change}})

describe('checks of a host', () => {
  it('pass on a host as it should be, each of them', () => {
    expect(judged(world())).toEqual([])
    const told = new Set(hostFindings(world()).map(({id}) => id))
    const onlyRunning = ['other-cluster']
    const cluster = new Set(clusterFindings([]).map(({id}) => id))
    expect(allChecks.map(({id}) => id).filter(id => !told.has(id) && !cluster.has(id))).toEqual(onlyRunning)
  })

  it('have ids of their own', () => {
    expect(new Set(allChecks.map(({id}) => id)).size).toBe(allChecks.length)
  })

  const blocked = (what: 'epmd' | 'handoff' | 'distribution', port: number): World =>
    world({peers: [peer(1, {[what]: {port, outcome: 'silent'}}), peer(2), peer(4, waiting)]})
  const back = (outcome: 'silent' | 'open', change: Partial<HostFacts> = {}): World =>
    world(change, {
      members: [
        subject(1, true, facts(1)),
        subject(2, true, facts(2, {peers: [peer(4, {...waiting, handoff: {port: 8099, outcome}})]})),
      ],
    })

  it.each<[string, World, string[]]>([
    [
      'sudo asks',
      world({state: 'unknown', said: 'sudo: a password is required (exit 1)'}),
      ['fail sudo: sudo: a password is required (exit 1)'],
    ],
    [
      'riak may not be called',
      world({
        state: 'unknown',
        said: "Sorry, user op is not allowed to execute '/usr/sbin/riak ping' as root on r4.",
      }),
      ["fail sudo: Sorry, user op is not allowed to execute '/usr/sbin/riak ping' as root on r4."],
    ],
    [
      'no riak',
      world({state: 'unknown', riak: undefined, said: 'sudo: riak: command not found (exit 1)'}),
      ['fail riak-found: sudo: riak: command not found (exit 1)'],
    ],
    [
      'riak says what is not known',
      world({state: 'unknown', said: 'boom'}),
      ['fail riak-found: sudo riak says: boom'],
    ],
    ['another release', world({version: '3.4.0'}), ['fail version: 3.4.0']],
    ['another OTP', world({otp: '22'}), ['fail otp: 22']],
    ['another cookie', withConfig({cookieHash: 'bb'}), ['fail cookie: another cookie']],
    ['another ring size', withConfig({ringSize: 128}), ['fail ring-size: 128']],
    ['another backend', withConfig({backend: 'leveled'}), ['fail backend: leveled']],
    [
      'several backends',
      world(
        {config: {...config, backend: 'multi'}},
        {members: [subject(1, true, facts(1, {config: {...facts(1).config!, backend: 'multi'}}))]},
      ),
      ['warn backend: multi: which backends it has is not compared'],
    ],
    [
      'another claim',
      withConfig({claim: 'choose_claim_v4'}),
      ['fail claim: choose_claim_v4, target_n_val 4'],
    ],
    ['another target_n_val', withConfig({targetN: 3}), ['fail claim: default_choose_claim, target_n_val 3']],
    ['another name', withConfig({node: 'riak@r4'}), ['fail node-name: riak@r4']],
    [
      'a name that is taken',
      withConfig({node: 'riak@10.0.0.2'}),
      ['fail node-name: riak@10.0.0.2', 'fail name-free: riak@10.0.0.2 is r2 already'],
    ],
    [
      'a name that a member has which no host is',
      world(
        {},
        {
          ring: {partitions: 64, nodes: ['riak@10.0.0.4']},
          up: new Set(['riak@10.0.0.4', 'riak@10.0.0.1', 'riak@10.0.0.2']),
        },
      ),
      ['fail name-free: riak@10.0.0.4 is a member that runs, but not on r4'],
    ],
    ['another data directory', withConfig({dataDir: '/data'}), ['fail data-dir: /data']],
    [
      'an old ring',
      world({ringFile: '/var/lib/riak/ring/riak_core_ring.default.1'}),
      ['fail ring-empty: /var/lib/riak is not empty: /var/lib/riak/ring/riak_core_ring.default.1'],
    ],
    [
      'old data',
      world({dataFile: '/var/lib/riak/bitcask/0/1.data'}),
      ['fail data-empty: /var/lib/riak is not empty: /var/lib/riak/bitcask/0/1.data'],
    ],
    [
      'a directory that may not be read',
      world({dataFile: 'find: Permission denied'}),
      ['fail data-empty: it cannot be looked into: find: Permission denied'],
    ],
    [
      'another cluster',
      world(
        {state: 'running', members: ['riak@10.0.0.4', 'riak@10.9.9.9'], peers: [peer(1), peer(2), peer(4)]},
        {
          members: [
            subject(1, true, facts(1, {peers: [peer(4)]})),
            subject(2, true, facts(2, {peers: [peer(4)]})),
          ],
        },
      ),
      ['fail other-cluster: it is in a cluster with riak@10.9.9.9'],
    ],
    ['another handoff port', withConfig({handoffPort: 9099}), ['fail handoff-port: 9099']],
    ['handoff on the loopback', withConfig({handoffIp: '127.0.0.1'}), ['fail handoff-ip: 127.0.0.1']],
    [
      'an Erlang node of that name although stopped',
      world({
        peers: [
          peer(1),
          peer(2),
          peer(4, {...waiting, epmd: {port: 4369, outcome: 'open'}, registered: 6001}),
        ],
      }),
      ['warn epmd: epmd has riak@10.0.0.4 at port 6001, and riak says it is stopped'],
    ],
    [
      'a name that does not resolve',
      world({
        peers: [
          peer(1, {address: undefined, epmd: undefined, handoff: undefined, distribution: undefined}),
          peer(2),
          peer(4, waiting),
        ],
      }),
      ['fail names: r4 -> r1: riak@10.0.0.1 does not resolve'],
    ],
    [
      'its own name on the loopback',
      world({peers: [peer(1), peer(2), peer(4, {...waiting, address: '127.0.1.1'})]}),
      ['fail names: r4 -> r4: riak@10.0.0.4 is 127.0.1.1 there'],
    ],
    ['epmd blocked', blocked('epmd', 4369), ['fail port-epmd: r4 -> r1 port 4369: no answer in 3 s']],
    [
      'the Erlang port blocked',
      blocked('distribution', 6003),
      ['fail port-distribution: r4 -> r1 port 6003: no answer in 3 s'],
    ],
    [
      'handoff blocked',
      blocked('handoff', 8099),
      ['fail port-handoff: r4 -> r1 port 8099: no answer in 3 s'],
    ],
    [
      'handoff blocked one way back',
      back('silent'),
      ['fail port-handoff: r2 -> r4 port 8099: no answer in 3 s'],
    ],
    [
      'a port that a running member refuses',
      world({peers: [peer(1, {handoff: {port: 8099, outcome: 'refused'}}), peer(2), peer(4, waiting)]}),
      ['fail port-handoff: r4 -> r1 port 8099: refused, though it should listen'],
    ],
    [
      'no bash',
      world({bash: false, peers: []}),
      [
        'skip epmd: not measured',
        'warn names: r4 -> r1: no bash to measure with, r4 -> r2: no bash to measure with',
        'warn port-epmd: r4 -> r1: no bash to measure with, r4 -> r2: no bash to measure with',
        'warn port-distribution: r4 -> r1: no bash to measure with, r4 -> r2: no bash to measure with',
        'warn port-handoff: r4 -> r1: no bash to measure with, r4 -> r2: no bash to measure with',
      ],
    ],
    ['a clock ahead', world({clock: {lowest: 6010, highest: 6200}}), ['fail clock: 6.0 s ahead']],
    ['a clock a little behind', world({clock: {lowest: -1400, highest: -990}}), ['warn clock: 1.0 s behind']],
    [
      'a full disk',
      world({disk: {size: 1000e9, free: 100e9, mountedOn: '/'}}),
      ['fail disk: 100 GB of 1.00 TB free, 105 GB planned (21 partitions): 100 % full'],
    ],
    [
      'a disk with little room to spare',
      world({disk: {size: 1000e9, free: 110e9, mountedOn: '/'}}, {diskPeak: 1}),
      ['warn disk: 110 GB of 1.00 TB free, 105 GB planned (21 partitions): 100 % full'],
    ],
    ['a smaller disk', world({disk: {size: 900e9, free: 800e9, mountedOn: '/'}}), ['warn disk-size: 900 GB']],
    [
      'a disk that is not told',
      world({disk: undefined}),
      ['fail disk: df of /var/lib/riak tells nothing', 'skip disk-size: nothing to compare with'],
    ],
    ['less memory', world({memory: 32e9}), ['warn ram: 32.0 GB']],
    [
      'few open files',
      world({openFiles: {limit: 1024, of: 'node'}}),
      ['warn open-files: 1024 (the running node)'],
    ],
    ['swap', world({swap: 2e9}), ['warn swap: 2.00 GB of swap, vm.swappiness 60']],
    ['huge pages', world({hugePages: 'always'}), ['warn thp: always']],
    [
      'access times',
      world({mount: {device: '/dev/sdb', type: 'ext4', options: ['rw']}}),
      ['warn mount: /var/lib/riak ext4 rw'],
    ],
    [
      'a volume that is read-only',
      world({mount: {device: '/dev/sdb', type: 'ext4', options: ['ro', 'noatime']}}),
      ['fail mount: /var/lib/riak ext4 ro,noatime'],
    ],
    ['a scheduler for desktops', world({scheduler: 'bfq'}), ['warn scheduler: bfq']],
  ])('name what is wrong: %s', (_, of, expected) => {
    expect(judged(of)).toEqual(expected)
  })

  it('take swap that the kernel leaves alone', () => {
    expect(judged(world({swap: 2e9, swappiness: 0}))).toEqual([])
  })

  it('hold nothing against a clock that the way to the host explains', () => {
    expect(judged(world({clock: {lowest: -20_000, highest: 3000}}))).toEqual([])
  })

  it('say of a host that is not reached just that', () => {
    const lost = {...subject(4, false, undefined), failure: {message: 'r4: no answer', hint: 'ping it'}}
    expect(hostFindings(world({}, {hosts: [lost]}))).toMatchObject([
      {id: 'reachable', level: 'fail', found: 'r4: no answer', fix: 'ping it'},
    ])
  })

  it('warn of ways that cannot be measured, as a member cannot be asked', () => {
    const members = [
      subject(1, true, facts(1)),
      {...subject(2, true, undefined), failure: {message: 'r2: refused', hint: undefined}},
    ]
    expect(judged(world({}, {members})).filter(line => line.includes('port-handoff'))).toEqual([
      'warn port-handoff: r2 -> r4: r2 cannot be asked',
    ])
  })

  it('ask nothing of the ways from members that were not asked', () => {
    const members = [subject(1, true, facts(1)), subject(2, true, undefined)]
    expect(judged(world({}, {members}))).toEqual([])
  })
})

describe('findings', () => {
  const risk = {value: 'join riak@x', limit: 'nothing staged', fix: 'ask around', acceptable: false}
  const found = clusterFindings([{id: 'staged', level: 'block', ...risk}])

  it('of the cluster are the blockers of a plan', () => {
    expect(found.filter(({level}) => level === 'fail')).toMatchObject([{id: 'staged', found: 'join riak@x'}])
    expect(found.filter(({level}) => level === 'pass').length).toBe(found.length - 1)
  })

  it('refuse, but those let pass that guard nothing', () => {
    const all = [...found, ...hostFindings(world({version: '3.4.0', ringFile: '/var/lib/riak/ring/x'}))]
    const ids = (findings: readonly Finding[]): string[] => findings.map(({id}) => id)
    expect(ids(refusing(all))).toEqual(['staged', 'version', 'ring-empty'])
    expect(ids(refusing(all, ['version', 'ring-empty', 'staged']))).toEqual(['staged', 'ring-empty'])
  })

  const report = {
    cluster: 'voxring',
    hosts: ['r4'],
    counts: {fail: 2, warn: 0, skip: 0, pass: 40},
    findings: worstFirst([...found, ...hostFindings(withConfig({node: 'riak@<&"4>'}))]),
  }

  it('are told fails first, in 80 columns', () => {
    const lines = checkText(report, {columns: 80, color: false, unicode: true}).split('\n')
    expect(Math.max(...lines.map(line => line.length))).toBeLessThanOrEqual(80)
    expect(lines.findIndex(line => line.startsWith('FAIL'))).toBe(3)
    expect(lines.findLastIndex(line => line.startsWith('FAIL'))).toBeLessThan(
      lines.findIndex(line => line.startsWith('passed:')),
    )
    expect(lines.length).toBeLessThan(60)
  })

  it('are XML for CI, whatever a host says', () => {
    const text = junitText('voxring', report.findings, 1234)
    expect(text).toContain('<failure message="riak@&lt;&amp;&quot;4&gt;">')
    expect(text.match(/<testcase /g)!.length).toBe(report.findings.length)
    expect(text).toContain('time="1.234"')
  })
})
