/**
 * Starts a real cluster to explore, and keeps it until Ctrl-C:
 *   node build.mjs run test/riak/play.ts [--nodes 3] [--spare 0] [--ring 16] [--version 3.2.3] [--disk MB]
 *     [--claim v2|v3|v4] [--join] [--load COUNT] [--slow-timers]
 */
import {parseArgs} from 'node:util'
import {type RealClusterOptions, startRealCluster} from './cluster.ts'

const {values} = parseArgs({
  options: {
    nodes: {type: 'string', default: '3'},
    spare: {type: 'string', default: '0'},
    ring: {type: 'string', default: '16'},
    version: {type: 'string'},
    disk: {type: 'string'},
    claim: {type: 'string'},
    join: {type: 'boolean', default: false},
    load: {type: 'string', default: '0'},
    'slow-timers': {type: 'boolean', default: false},
  },
})

const nodes = Number(values.nodes)
const cluster = await startRealCluster({
  nodes,
  spare: Number(values.spare),
  ring: Number(values.ring),
  fast: !values['slow-timers'],
  ...(values.version ? {version: values.version} : {}),
  ...(values.disk ? {diskMegabytes: Number(values.disk)} : {}),
  ...(values.claim ? {claim: values.claim as NonNullable<RealClusterOptions['claim']>} : {}),
})
if (Number(values.load) > 0) await cluster.load(Number(values.load), 1000)
if (values.join) await cluster.join(nodes)
console.log(
  `Riak ${cluster.version} on ${cluster.hosts.map(({name, address}) => `${name} ${address}`).join(', ')}`,
)
console.log(`inventory: ${cluster.inventory}`)
console.log(`a shell:   ssh -F ${cluster.sshConfig} r1`)
console.log('Ctrl-C takes it down')
// the cluster's handlers take it down
setInterval(() => {}, 60_000)
