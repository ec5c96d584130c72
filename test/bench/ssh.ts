/**
 * `npm run bench -- ssh [--hosts 80] [--servers sshd|dropbear] [--rounds 5] [--only NAME]`: the built ringup against
 * pdsh, clush and ansible on the same hosts, interleaved, with the same key exchange; client and servers on a core each.
 */
import {execFileSync, spawn, spawnSync} from 'node:child_process'
import {availableParallelism} from 'node:os'
import {parseArgs} from 'node:util'
import {spentBy} from './spent-by.ts'
import {type ServerKind, type Servers, startServers} from './ssh-servers.ts'

type Spent = {readonly wall: number; readonly cpu: number; readonly ok: number}

const ringup = new URL('../../dist/src/main.js', import.meta.url).pathname
const cores = availableParallelism()
const [serverCores, clientCores] = cores > 1 ? ['0', `1-${cores - 1}`] : ['0', '0']

export async function benchSsh(args: readonly string[]): Promise<void> {
  const {values} = parseArgs({
    args: [...args],
    options: {
      hosts: {type: 'string', default: '80'},
      servers: {type: 'string', default: 'sshd'},
      rounds: {type: 'string', default: '5'},
      only: {type: 'string', default: 'cold,slow,warm,bastion'},
    },
  })
  const kind = values.servers as ServerKind
  const [count, rounds] = [Number(values.hosts), Number(values.rounds)]
  const only = values.only.split(',')
  if (kind !== 'sshd' && kind !== 'dropbear') throw new Error('--servers is sshd or dropbear')
  const servers = await startServers(kind, count, {cores: serverCores!})
  try {
    if (only.includes('cold')) race(servers, {kind, rounds, measure: 'cold', command: 'true'})
    if (only.includes('slow')) race(servers, {kind, rounds, measure: 'slow', command: 'sleep 0.3'})
    if (only.includes('warm') && kind === 'sshd') await warm(servers, rounds)
  } finally {
    await servers.stop()
  }
  if (only.includes('bastion') && kind === 'sshd') await bastion(Math.min(count, 60))
}

type Case = {
  readonly kind: ServerKind
  readonly rounds: number
  readonly measure: string
  readonly command: string
}

function race(servers: Servers, {kind, rounds, measure, command}: Case): void {
  const hosts = servers.hosts.length
  const words = command.split(' ')
  const tools: Readonly<Record<string, readonly string[]>> = {
    ringup: [process.execPath, ringup, 'exec', '-i', servers.inventory, '--json', '--', ...words],
    pdsh: [
      'env',
      `PDSH_SSH_ARGS=-F ${servers.sshConfig} -a -x %h`,
      'pdsh',
      '-R',
      'ssh',
      '-S',
      '-w',
      `^${servers.hostsFile}`,
      `${command} && echo @ok`,
    ],
    clush: [
      'clush',
      '-n',
      '-o',
      `-F ${servers.sshConfig}`,
      `--hostfile=${servers.hostsFile}`,
      `${command} && echo @ok`,
    ],
    ansible: [
      'env',
      `ANSIBLE_SSH_ARGS=-F ${servers.sshConfig} -o ControlMaster=no`,
      'ANSIBLE_NOCOWS=1',
      'ansible',
      'all',
      '-i',
      servers.hostsFile,
      '-f',
      '40',
      '-m',
      'raw',
      '-a',
      `${command} && echo @ok`,
    ],
  }
  const present = Object.keys(tools).filter(name => name === 'ringup' || isHere(name))
  for (const name of Object.keys(tools))
    if (!present.includes(name))
      console.log(JSON.stringify({bench: 'ssh', measure, peer: name, missing: true}))
  const spent = new Map<string, Spent[]>(present.map(name => [name, []]))
  for (let round = 0; round < rounds; round += 1)
    for (const [at] of present.entries()) {
      const name = present[(at + round) % present.length]!
      // ansible is slow: two rounds tell enough
      if (name === 'ansible' && round > 1) continue
      spent.get(name)!.push(timed(name, tools[name]!))
    }
  const ours = middle(spent.get('ringup')!)
  for (const name of present) {
    const theirs = middle(spent.get(name)!)
    console.log(
      JSON.stringify({
        bench: 'ssh',
        measure,
        servers: kind,
        hosts,
        rounds,
        tool: name,
        ok: theirs.ok,
        wallS: round3(theirs.wall),
        cpuS: round3(theirs.cpu),
        ...(name === 'ringup'
          ? {}
          : {wallRatio: round3(ours.wall / theirs.wall), cpuRatio: round3(ours.cpu / theirs.cpu)}),
      }),
    )
  }
}

const isHere = (name: string): boolean => spawnSync('sh', ['-c', `command -v ${name}`]).status === 0

function timed(name: string, argv: readonly string[]): Spent {
  const {stdout, wall, cpu} = spentBy(['taskset', '-c', clientCores!, ...argv])
  const ok =
    name === 'ringup'
      ? (JSON.parse(stdout) as {hosts: {code?: number}[]}).hosts.filter(({code}) => code === 0).length
      : (stdout.match(/@ok/g)?.length ?? 0)
  return {wall, cpu, ok}
}

/** Median of wall and of CPU, fewest hosts that answered. */
function middle(spent: readonly Spent[]): Spent {
  const median = (values: number[]): number =>
    values.sort((a, b) => a - b)[Math.floor((values.length - 1) / 2)]!
  return {
    wall: median(spent.map(({wall}) => wall)),
    cpu: median(spent.map(({cpu}) => cpu)),
    ok: Math.min(...spent.map(({ok}) => ok)),
  }
}

/** Polls on connections that are open: ours in one process, OpenSSH's over control sockets. */
async function warm(servers: Servers, rounds: number): Promise<void> {
  const ours = await polled(servers, rounds)
  const control = `${servers.folder}/c-%h`
  const options = `-F ${servers.sshConfig} -o ControlPath=${control}`
  const hosts = servers.hosts.join('\n')
  const each = (line: string): void => {
    execFileSync('xargs', ['-P', '16', '-I@', 'sh', '-c', line], {
      input: hosts,
      stdio: ['pipe', 'ignore', 'ignore'],
    })
  }
  each(`ssh ${options} -o ControlMaster=yes -o ControlPersist=300 -f -N @`)
  const theirs: Spent[] = []
  for (let round = 0; round < rounds * 2; round += 1) {
    const script = `TIMEFORMAT='@time %3R %3U %3S'; time taskset -c ${clientCores} xargs -P32 -I@ ssh ${options} @ true`
    const masters = mastersCpu(control)
    const {stderr} = spawnSync('bash', ['-c', script], {input: hosts, encoding: 'utf8'})
    const [, wall, user, system] = /@time (\S+) (\S+) (\S+)/.exec(stderr)!.map(Number)
    theirs.push({wall: wall!, cpu: user! + system! + mastersCpu(control) - masters, ok: servers.hosts.length})
  }
  each(`ssh ${options} -O exit @`)
  const control0 = middle(theirs)
  console.log(
    JSON.stringify({
      bench: 'ssh',
      measure: 'warm',
      hosts: servers.hosts.length,
      wallS: round3(ours.wall),
      cpuS: round3(ours.cpu),
      controlWallS: round3(control0.wall),
      controlCpuS: round3(control0.cpu),
      wallRatio: round3(ours.wall / control0.wall),
      cpuRatio: round3(ours.cpu / control0.cpu),
      rssMb: Math.round(ours.rss / 2 ** 20),
    }),
  )
}

/** CPU seconds of the processes that hold the control sockets. */
function mastersCpu(control: string): number {
  const script = `for p in $(pgrep -f 'ControlPath=${control.replace('%h', '')}'); do cut -d' ' -f14,15 /proc/$p/stat; done 2>/dev/null`
  const {stdout} = spawnSync('bash', ['-c', script], {encoding: 'utf8'})
  return stdout.split(/\s+/).reduce((sum, ticks) => sum + Number(ticks || 0), 0) / 100
}

async function polled(servers: Servers, rounds: number): Promise<Spent & {rss: number}> {
  const child = spawn(
    'taskset',
    [
      '-c',
      clientCores!,
      process.execPath,
      process.argv[1]!,
      'ssh-poll',
      servers.inventory,
      String(rounds * 2),
    ],
    {stdio: ['ignore', 'pipe', 'inherit']},
  )
  let text = ''
  for await (const chunk of child.stdout) text += chunk
  return JSON.parse(text) as Spent & {rss: number}
}

/** Run by `warm` in a process of its own: connects to all, then asks all, again and again. */
export async function pollSsh([inventory, rounds]: readonly string[]): Promise<void> {
  const {openFleet} = await import('../../src/fleet/fleet.ts')
  const fleet = await openFleet(inventory!)
  const all = () => Promise.all(fleet.doors.map(door => door.ask(['true'])))
  await all()
  const spent: Spent[] = []
  for (let round = 0; round < Number(rounds); round += 1) {
    const [begun, before] = [performance.now(), process.cpuUsage()]
    await all()
    const {user, system} = process.cpuUsage(before)
    spent.push({
      wall: (performance.now() - begun) / 1000,
      cpu: (user + system) / 1e6,
      ok: fleet.doors.length,
    })
  }
  console.log(JSON.stringify({...middle(spent), rss: process.memoryUsage.rss()}))
  fleet.close()
}

async function bastion(count: number): Promise<void> {
  const servers = await startServers('sshd', count, {cores: serverCores!, bastion: true})
  try {
    const ours = timed('ringup', [
      process.execPath,
      ringup,
      'exec',
      '-i',
      servers.inventory,
      '--json',
      '--',
      'true',
    ])
    const peers = isHere('pdsh')
      ? timed('pdsh', [
          'env',
          `PDSH_SSH_ARGS=-F ${servers.sshConfig} -a -x %h`,
          'pdsh',
          '-R',
          'ssh',
          '-w',
          `^${servers.hostsFile}`,
          'echo @ok',
        ])
      : undefined
    console.log(
      JSON.stringify({
        bench: 'ssh',
        measure: 'bastion',
        hosts: count,
        reached: ours.ok,
        wallS: round3(ours.wall),
        cpuS: round3(ours.cpu),
        pdshReached: peers?.ok ?? null,
        pdshWallS: peers ? round3(peers.wall) : null,
      }),
    )
  } finally {
    await servers.stop()
  }
}

const round3 = (value: number): number => Number(value.toPrecision(3))
