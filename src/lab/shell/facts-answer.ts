/**
 * What a practice host answers to ringup's fact script. The script itself is not run: it would look at this machine.
 * The machine is one that Riak likes; ring, data, disk and who can be reached are the practice ring's.
 */
import {createHash} from 'node:crypto'
import type {PeerFacts} from '../../riak/host/host-facts.ts'
import {printAtom} from '../erlang/print-term.ts'
import {freeBytes, usedBytes} from '../model/disk.ts'
import {type LabNode, presentIn, type World} from '../model/world.ts'
import {dataDir} from '../riak/environment.ts'
import {labRelease, throughWrapper} from '../riak/release.ts'
import {type Run, say} from '../riak/run.ts'
import {dataFiles, textFiles} from './files.ts'
import type {Host} from './host-commands.ts'

/** @param args as `factsArgv` has them, from the node on */
export function answerFacts(host: Host, args: readonly string[]): Run {
  const [, , salt = '', expression = '', want = '', peers = '', , ...before] = args
  const riakBy = /-u (\S+)/.exec(before.join(' '))?.[1] ?? 'root'
  const {world, node} = host
  const words = new Set(want.split(' '))
  const files = dataFiles(host).filter(({kind}) => kind === 'file')
  const ring = files.find(({path}) => path.includes('/riak_core_ring'))
  const data = files.find(({path}) => !path.includes('/riak_core_ring'))
  const size = node.disk.size
  // as all of this machine sees it: the cluster's own time may run faster
  const now = (): string => ((Date.now() + node.trouble.clockAhead) / 1000).toFixed(6)
  const lines = [
    `start=${now()}`,
    'riak=/usr/local/bin/riak',
    'config=/opt/riak/etc/riak.conf',
    ...settings(host),
    `cookie=${hash(salt, cookieOf(host))}`,
    `release=${textFiles(host)['/opt/riak/releases/start_erl.data']}`,
    `riak_says=${riakSays({...host, riakBy}, salt, expression)}`,
    `data=${dataDir}`,
    `df=/dev/vdb ${Math.round(size)} ${Math.round(usedBytes(node, world.now))} ${Math.round(freeBytes(node, world.now))} 1% ${dataDir}`,
    'mount=/dev/vdb ext4 rw,noatime',
    'scheduler=[none] mq-deadline',
    ...(words.has('new') && ring ? [`ring_file=${ring.path}`] : []),
    ...(words.has('new') && data ? [`data_file=${data.path}`] : []),
    ...(words.has('size') ? [`bytes=${files.reduce((sum, {bytes}) => sum + bytes, 0)}`] : []),
    'memory=16384000',
    'swap=0',
    'swappiness=0',
    'thp=always madvise [never]',
    'login_files=65536',
    ...peers.split(' ').flatMap(name => (name === '' ? [] : peerLines(world, node, name))),
    `end=${now()}`,
  ]
  return say(`${lines.join('\n')}\n`)
}

const hash = (salt: string, cookie: string): string =>
  createHash('sha256').update(salt).update(cookie).digest('hex')

const setting = (host: Host, key: string): string =>
  new RegExp(`^${key} = (.*)$`, 'm').exec(textFiles(host)['/opt/riak/etc/riak.conf']!)?.[1] ?? ''

const cookieOf = (host: Host): string => setting(host, 'distributed_cookie')

function settings(host: Host): string[] {
  const {claim, claimFunction} = host.world.settings
  const keys = ['nodename', 'ring_size', 'storage_backend', 'platform_data_dir']
  return [
    ...keys.map(key => `conf.${key}=${setting(host, key)}`),
    `conf.target_n_val=${claim.targetN}`,
    `conf.choose_claim_fun=${functionName(claimFunction)}`,
  ]
}

/** of `{module,function}` or `function` */
const functionName = (text: string): string => /(\w+)\}?$/.exec(text)?.[1] ?? text

function riakSays(host: Host, salt: string, expression: string): string {
  const {world, node} = host
  if (!isAlive(node)) return `Node ${node.name} is not responding to pings`
  if (expression === '' || world.settings.release.isOld || !isHeard(host, expression)) return 'pong'
  const members = presentIn(node.view.ring).map(printAtom).join(',')
  const {claim, claimFunction} = world.settings
  const facts = [
    `{node,${printAtom(node.name)}}`,
    `{cookie,"${hash(salt, cookieOf(host))}"}`,
    `{version,"${node.trouble.version}"}`,
    `{otp,"${labRelease(node.trouble.version).otp}"}`,
    `{ring,{${node.view.ring.partitions},[${members}]}}`,
    `{backend,{ok,${world.settings.backend.module}}}`,
    '{handoff_port,{ok,8099}}',
    `{handoff_ip,{ok,"${node.name.split('@')[1]}"}}`,
    `{data_dir,{ok,"${dataDir}"}}`,
    `{target_n,{ok,${claim.targetN}}}`,
    `{claim,{ok,${functionName(claimFunction)}}}`,
    '{files,65536}',
  ]
  return `{ringup_facts,1,[${facts.join(',')}]}`
}

/** Whether the words of `riak eval` arrive by way of root's start script. */
const isHeard = ({world, riakBy}: Host, expression: string): boolean =>
  riakBy === 'riak' || 'words' in throughWrapper(world.settings.release, ['eval', expression])

/** Its VM answers, whatever its network does. */
const isAlive = ({state}: LabNode): boolean => state === 'starting' || state === 'running'

function peerLines(world: World, from: LabNode, name: string): string[] {
  const to = world.nodes.get(name)
  const told = (what: keyof PeerFacts, text: string): string => `peer=${name} ${what} ${text}`
  const address = told('address', name.split('@')[1] ?? 'none')
  if (to !== from && (!from.reachable || !to?.reachable))
    return [
      address,
      told('epmd', '4369 silent'),
      told('handoff', '8099 silent'),
      told('distribution', '6000 silent'),
    ]
  const outcome = to && isAlive(to) ? 'open' : 'refused'
  const ports = [
    told('epmd', '4369 open'),
    told('handoff', `8099 ${from.trouble.cannotReach.has(name) ? 'silent' : outcome}`),
    told('distribution', `6000 ${outcome}`),
  ]
  return [address, ...ports, ...(outcome === 'open' ? [told('registered', '6000')] : [])]
}
