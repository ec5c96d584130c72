/** Network namespaces of their own for a client and its hosts: they end with the processes that hold them. Root only. */
import {type ChildProcess, execFileSync, spawn} from 'node:child_process'

export type Network = {
  /** Runs a program where the client is. */
  readonly asClient: (argv: readonly string[]) => readonly string[]
  readonly hosts: readonly NetworkHost[]
  readonly close: () => Promise<void>
}

export type NetworkHost = {
  readonly address: string
  /** the process that holds its namespace */
  readonly holder: number
  readonly link: (state: 'up' | 'down') => void
  /** every packet is swallowed, both ways */
  readonly drop: () => void
  /** what it sends to that address goes out, to nobody */
  readonly lose: (address: string) => void
}

const run = (argv: readonly string[]): void => {
  execFileSync(argv[0]!, argv.slice(1), {stdio: 'pipe'})
}

/** A star: the client has a link to each host, 10.93.N.1 to 10.93.N.2. */
export async function networkOf(count: number): Promise<Network> {
  const holders: ChildProcess[] = []
  const held = async (): Promise<number> => {
    const child = spawn('unshare', ['--net', 'sh', '-c', 'ip link set lo up; echo $$; read -r _'], {
      stdio: ['pipe', 'pipe', 'ignore'],
    })
    holders.push(child)
    return new Promise((resolve, reject) => {
      child.stdout.once('data', text => resolve(Number(text)))
      child.once('exit', () => reject(new Error('no network namespace could be made')))
    })
  }
  const within = (pid: number, ...argv: string[]): string[] => [
    'nsenter',
    `--net=/proc/${pid}/ns/net`,
    ...argv,
  ]
  const client = await held()
  const hosts: NetworkHost[] = []
  for (let at = 1; at <= count; at += 1) {
    const holder = await held()
    const link = `to${at}`
    run(
      within(
        client,
        ...['ip', 'link', 'add', link, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', String(holder)],
      ),
    )
    run(within(client, 'ip', 'addr', 'add', `10.93.${at}.1/24`, 'dev', link))
    run(within(client, 'ip', 'link', 'set', link, 'up'))
    run(within(holder, 'ip', 'addr', 'add', `10.93.${at}.2/24`, 'dev', 'eth0'))
    run(within(holder, 'ip', 'link', 'set', 'eth0', 'up'))
    const table =
      'add table inet away; add chain inet away in { type filter hook input priority 0; policy drop; }'
    hosts.push({
      address: `10.93.${at}.2`,
      holder,
      link: state => run(within(client, 'ip', 'link', 'set', link, state)),
      drop: () => run(within(holder, 'nft', table)),
      lose: address =>
        run(within(holder, ...['ip', 'neigh', 'add', address, 'lladdr', '02:00:00:00:00:77', 'dev', 'eth0'])),
    })
  }
  return {
    asClient: argv => within(client, ...argv),
    hosts,
    close: async () => {
      for (const child of holders) child.stdin?.end()
      await Promise.all(
        holders.map(child => child.exitCode ?? new Promise<void>(done => child.once('exit', () => done()))),
      )
    },
  }
}
