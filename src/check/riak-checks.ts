/** Is Riak there, and is it the same Riak: release, cookie, ring size, backend, claim, name, and nothing left over. */
import type {NodeConfig} from '../riak/host/host-facts.ts'
import {asRoot, type Check, fail, few, type HostView, pass, skip, usual, type Verdict, warn} from './check.ts'

const preflight = 'riak_core: a join is refused, or never connects, otherwise'

/** sudo (or doas) said no. */
const asksPassword = (said: string): boolean =>
  /(sudo|doas): (?!.*(command not found|unable to resolve))|is not allowed to|not in the sudoers/.test(said)

/** The way in to Riak's own commands. */
const sudo: Check = {
  id: 'sudo',
  title: 'riak may be called without a prompt',
  source: 'ringup runs every riak command over SSH, without a terminal',
  invariant: true,
  judge: ({facts: {state, said}, host}) => {
    const wanted = `${host.riak} without a password`
    if (state !== 'unknown') return pass('no password asked', wanted)
    if (asksPassword(said))
      return fail(
        said,
        wanted,
        'allow riak, env, find, cat and du without a password: visudo -f /etc/sudoers.d/ringup',
      )
    return undefined
  },
}

const riakFound: Check = {
  id: 'riak-found',
  title: 'riak is installed and answers',
  source: 'nothing can be asked of a host without it',
  invariant: true,
  judge: ({facts: {state, said, riak}, host}) => {
    const wanted = `${host.riak} that answers`
    if (state !== 'unknown') return pass(`${riak ?? host.riak}, ${state}`, wanted)
    if (/not found|No such file/i.test(said) || riak === undefined)
      return fail(
        said || 'no riak',
        wanted,
        'install the release that the members run, or name it: riak.command of the inventory',
      )
    if (asksPassword(said)) return undefined
    return fail(`${host.riak} says: ${said || 'nothing'}`, wanted, `look at it: ${host.riak} ping`)
  },
}

const equal = (
  id: string,
  title: string,
  source: string,
  read: (view: HostView) => {
    readonly own: unknown
    readonly theirs: unknown
    readonly fix: string
    readonly show?: (value: unknown) => string
  },
): Check => ({
  id,
  title,
  source,
  invariant: false,
  judge: view => {
    const {own, theirs, fix, show = String} = read(view)
    if (theirs === undefined) return skip('no member told', 'what the members have')
    if (own === undefined) return skip('the host does not tell', show(theirs))
    return own === theirs ? pass(show(own), show(theirs)) : fail(show(own), show(theirs), fix)
  },
})

const version = equal(
  'version',
  'the release of Riak is that of the members',
  'OpenRiak: mixed releases only during a rolling upgrade',
  ({facts, world}) => ({
    own: facts.version,
    theirs: usual(world.versions),
    fix: 'install the release that the members run',
  }),
)

const otp = equal(
  'otp',
  'the release of Erlang/OTP is that of the members',
  'OpenRiak: 3.0 and 3.4 cannot talk, distribution differs',
  ({facts, world}) => ({
    own: facts.otp,
    theirs: usual(world.otps),
    fix: 'install the build of Riak that the members run',
  }),
)

const setting = (key: keyof NodeConfig, {host}: HostView, line: string): string =>
  `set ${line} in riak.conf of ${host.host}${key === 'ringSize' ? ', before its first start' : ', and start it again'}`

const ofMembers = <K extends keyof NodeConfig>({world}: HostView, key: K): NodeConfig[K] | undefined =>
  usual(world.members.map(({facts}) => facts?.config?.[key]))

const cookie = equal('cookie', 'the cookie is that of the members', preflight, view => {
  const theirs = ofMembers(view, 'cookieHash')
  return {
    own: view.facts.config?.cookieHash,
    theirs,
    // only whether they are the same is ever shown
    show: value => (value === theirs ? 'the cookie of the members' : 'another cookie'),
    fix: 'take distributed_cookie from riak.conf of a member, and start it again',
  }
})

const ringSize = equal(
  'ring-size',
  'the ring size is that of the cluster',
  'riak_core: "has a different ring_creation_size"',
  view => ({
    own: view.facts.config?.ringSize,
    theirs: view.world.ring.partitions,
    fix: setting('ringSize', view, `ring_size = ${view.world.ring.partitions}`),
  }),
)

const sameBackend = equal(
  'backend',
  'the backend is that of the members',
  'Riak: handoff writes into whatever backend the receiver has',
  view => {
    const theirs = ofMembers(view, 'backend')
    return {
      own: view.facts.config?.backend,
      theirs,
      fix: setting('backend', view, `storage_backend = ${theirs}`),
    }
  },
)

/** One of several backends a bucket: that each host has the same of them is said nowhere in a word. */
const backend: Check = {
  ...sameBackend,
  judge: view => {
    const judged = sameBackend.judge(view)
    const own = view.facts.config?.backend
    return judged?.level === 'pass' && own !== undefined && /multi/.test(own)
      ? warn(
          `${own}: which backends it has is not compared`,
          own,
          `compare multi_backend in riak.conf and advanced.config of ${view.host.host} with a member's`,
        )
      : judged
  },
}

const handoffPort = equal(
  'handoff-port',
  'the handoff port is that of the members',
  'firewalls open one port for all',
  view => {
    const theirs = ofMembers(view, 'handoffPort')
    return {
      own: view.facts.config?.handoffPort,
      theirs,
      fix: setting('handoffPort', view, `handoff.port = ${theirs}`),
    }
  },
)

/** These two are the same thing. */
const claimAlias = (name: string): string => (name === 'choose_claim_v2' ? 'default_choose_claim' : name)

const claim: Check = {
  id: 'claim',
  title: 'the settings of claim are those of the cluster',
  source: 'riak_core: whichever member is the claimant plans by its own settings',
  invariant: false,
  judge: ({facts: {config}, world, host}) => {
    const show = (name: string, n: number | undefined): string =>
      `${claimAlias(name)}, target_n_val ${n ?? '?'}`
    const wanted = show(world.claim.name, world.claim.targetN)
    if (world.claim.name === 'unknown' || world.claim.targetN === undefined)
      return skip('how the cluster claims is not told', 'what the cluster has')
    if (config?.claim === undefined) return skip('the host does not tell', wanted)
    const own = show(config.claim, config.targetN)
    return own === wanted
      ? pass(own, wanted)
      : fail(
          own,
          wanted,
          `set choose_claim_fun and target_n_val in riak.conf of ${host.host} as the members have them`,
        )
  },
}

const nodeName: Check = {
  id: 'node-name',
  title: "the node's name is the one in the inventory",
  source: 'ringup stages a join by the name in the inventory',
  invariant: true,
  judge: ({facts: {config}, host}) => {
    if (config?.node === undefined) return skip('the host does not tell', host.node)
    return config.node === host.node
      ? pass(config.node, host.node)
      : fail(
          config.node,
          host.node,
          `set nodename = ${host.node} in ${config.from === 'running' ? 'riak.conf' : config.from} of ${host.host}, or riak.nodeName in the inventory`,
        )
  },
}

const nameFree: Check = {
  id: 'name-free',
  title: 'no other node has that name',
  source: 'Erlang: two nodes of one name cannot be in one cluster',
  invariant: true,
  judge: ({facts: {config, state}, host, world}) => {
    const wanted = 'a name that no other node has'
    const names = [...new Set([host.node, ...(config?.node === undefined ? [] : [config.node])])]
    const others = world.hosts.concat(world.members).filter(other => other.host !== host.host)
    for (const name of names) {
      const twin = others.find(other => other.node === name || other.facts?.config?.node === name)
      if (twin)
        return fail(
          `${name} is ${twin.host} already`,
          wanted,
          `give ${host.host} a name of its own: nodename in riak.conf, riak.nodeName in the inventory`,
        )
      const isRing = world.ring.nodes.includes(name)
      if (isRing && name !== host.node)
        return fail(
          `${name} is a member of the ring already`,
          wanted,
          `give ${host.host} a name of its own: nodename in riak.conf`,
        )
      if (isRing && world.up.has(name) && state === 'stopped')
        return fail(
          `${name} is a member that runs, but not on ${host.host}`,
          wanted,
          `find out which host is ${name}: the inventory names another`,
        )
    }
    return pass(names.join(', '), wanted)
  },
}

const dataDir: Check = {
  id: 'data-dir',
  title: "Riak's data directory is the one in the inventory",
  source: 'ringup looks for leftovers, and at the disk, in that directory',
  invariant: true,
  judge: ({facts: {config}, host}) => {
    if (config?.dataDir === undefined) return skip('the host does not tell', host.dataDir)
    const plain = (path: string): string => path.replace(/\/+$/, '')
    return plain(config.dataDir) === plain(host.dataDir)
      ? pass(config.dataDir, host.dataDir)
      : fail(
          config.dataDir,
          host.dataDir,
          `set riak.dataDir: ${config.dataDir} for ${host.host} in the inventory`,
        )
  },
}

const leftover = (id: string, title: string, what: 'ringFile' | 'dataFile'): Check => ({
  id,
  title,
  source: 'riak_core: a node that starts with an old ring comes up as the member it was',
  invariant: true,
  judge: ({facts, host}) => {
    if (host.isMember || facts.state === 'running') return undefined
    const file = facts[what]
    if (file === undefined) return pass('empty', 'empty')
    if (!file.startsWith('/'))
      return fail(`it cannot be looked into: ${file}`, 'empty', `let ${asRoot(host)}find look there`)
    return fail(
      `${facts.dataDir} is not empty: ${file}`,
      'empty',
      `find out whose it is; if nobody needs it: ${asRoot(host)}mv ${facts.dataDir} ${facts.dataDir}.old && ${asRoot(host)}install -d -o riak -g riak ${facts.dataDir}`,
    )
  },
})

const otherCluster: Check = {
  id: 'other-cluster',
  title: 'a node that runs already is in no other cluster',
  source: 'riak_core: "This node is already a member of a cluster"',
  invariant: true,
  judge: ({facts: {members}, host, world}) => {
    if (members === undefined) return undefined
    const others = members.filter(node => node !== host.node)
    if (others.length === 0) return pass('a cluster of its own', 'alone, or in this cluster')
    if (others.some(node => world.ring.nodes.includes(node)))
      return pass('in this cluster', 'alone, or in this cluster')
    return fail(
      `it is in a cluster with ${few(others)}`,
      'alone, or in this cluster',
      'name another host, or let it leave that cluster first',
    )
  },
}

const handoffIp: Check = {
  id: 'handoff-ip',
  title: 'handoff listens where others can reach it',
  source: 'Basho advisory of 2015-05-01: handoff.ip that is not reachable loses data on 2.1.0',
  invariant: false,
  judge: ({facts: {config}, host}): Verdict | undefined => {
    const ip = config?.handoffIp
    const wanted = 'an address that members can reach'
    if (ip === undefined) return skip('the host does not tell', wanted)
    const isApart = /^(127\.|::1$|$)/.test(ip) && !host.node.includes('@127.')
    return isApart
      ? fail(ip === '' ? 'none' : ip, wanted, 'set handoff.ip in riak.conf to the address of the host')
      : pass(ip, wanted)
  },
}

const epmd: Check = {
  id: 'epmd',
  title: 'epmd knows this node, and no other of its name',
  source: 'Erlang: nodes find each other by epmd',
  invariant: false,
  judge: ({facts: {peers, state}, host}) => {
    const own = peers.find(({node}) => node === host.node)
    const wanted = state === 'running' ? 'epmd has its port' : 'no node of that name, as Riak is stopped'
    if (own?.epmd === undefined) return skip('not measured', wanted)
    const {registered} = own
    if (state === 'running')
      return registered === undefined
        ? fail(
            `epmd on ${host.host} does not know ${host.node}`,
            wanted,
            `start Riak again on ${host.host}: epmd was started anew, or others may not reach it`,
          )
        : pass(`port ${registered}`, wanted)
    if (registered !== undefined && state === 'stopped')
      return warn(
        `epmd has ${host.node} at port ${registered}, and riak says it is stopped`,
        wanted,
        `look for an Erlang node that goes on: ps -ef | grep beam, on ${host.host}`,
      )
    return pass(own.epmd.outcome === 'open' ? 'no such node' : 'epmd does not run yet', wanted)
  },
}

export const riakChecks: readonly Check[] = [
  sudo,
  riakFound,
  version,
  otp,
  cookie,
  ringSize,
  backend,
  claim,
  nodeName,
  nameFree,
  dataDir,
  leftover('ring-empty', 'no old ring is left over', 'ringFile'),
  leftover('data-empty', 'no old data is left over', 'dataFile'),
  otherCluster,
  handoffPort,
  handoffIp,
  epmd,
]
