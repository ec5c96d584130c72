/**
 * The cluster's network: a bridge in a network namespace of its own (the switch), a wire from it to every host and
 * one to this machine. The switch keeps hosts' traffic out of this machine's firewall, and the kernel removes all of
 * it when the keeper ends.
 */
import {randomInt} from 'node:crypto'
import {must} from './command.ts'

export type Wire = {
  /** the host's first process */
  readonly pid: number
  readonly address: string
}

/** A `10.x.y` that this machine has no route into. */
export async function freeSubnet(): Promise<string> {
  const routes = JSON.parse(await must(['ip', '-json', '-4', 'route', 'show', 'table', 'all'])) as {
    dst: string
  }[]
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const prefix = `10.${randomInt(1, 255)}.${randomInt(0, 256)}`
    if (!routes.some(({dst}) => overlaps(dst, prefix))) return prefix
  }
  throw new Error('this machine has routes into all of 10.0.0.0/8')
}

/** Whether a route's destination, as `10.0.0.0/8`, has addresses in common with a /24; the default route has none. */
function overlaps(destination: string, prefix: string): boolean {
  const [address, length = '32'] = destination.split('/')
  const numbers = address!.split('.').map(Number)
  if (numbers.length !== 4 || length === '0') return false
  const bits = ([a = 0, b = 0, c = 0, d = 0]: readonly number[]): number =>
    ((a * 256 + b) * 256 + c) * 256 + d
  const size = 2 ** (32 - Math.min(Number(length), 24))
  const own = bits(`${prefix}.0`.split('.').map(Number))
  return Math.floor(bits(numbers) / size) === Math.floor(own / size)
}

export type Network = {
  /** takes the wire of host i (from 1) out of the switch, and puts it back */
  readonly cut: (i: number) => Promise<void>
  readonly heal: (i: number) => Promise<void>
  /** shapes host i's wire in both directions, in Mbit/s; 0: as fast as it goes */
  readonly slow: (i: number, megabits: number) => Promise<void>
  /** drops what host i sends to a port of host j, silently; returns what lifts it */
  readonly block: (i: number, j: number, port: number) => Promise<() => Promise<void>>
}

/**
 * Lays the wires. @param keeper its process, @param uplink the one interface that this machine gets
 */
export async function connect(
  keeper: number,
  uplink: string,
  subnet: string,
  wires: readonly Wire[],
): Promise<Network> {
  const inSwitch = inside(keeper)
  const wire = (i: number): Wire => wires[i - 1]!
  await inSwitch(
    ['ip', '-batch', '-'],
    [
      'link add name switch type bridge',
      'link set dev switch up',
      ...wires.flatMap(({pid}, at) => [
        `link add name host${at + 1} type veth peer name eth0 netns ${pid}`,
        `link set dev host${at + 1} master switch up`,
      ]),
    ],
  )
  await Promise.all([
    ...wires.map(({pid, address}) =>
      inside(pid)(['ip', '-batch', '-'], [`address add ${address}/24 dev eth0`, 'link set dev eth0 up']),
    ),
    (async () => {
      await must([
        'ip',
        'link',
        'add',
        'name',
        uplink,
        'type',
        'veth',
        'peer',
        'name',
        'uplink',
        'netns',
        `${keeper}`,
      ])
      await must(['ip', '-batch', '-'], {
        input: `address add ${subnet}.1/24 dev ${uplink}\nlink set dev ${uplink} up\n`,
      })
      await inSwitch(['ip', 'link', 'set', 'dev', 'uplink', 'master', 'switch', 'up'])
    })(),
  ])
  const shape = async (ask: Inside, device: string, megabits: number): Promise<void> => {
    const rule = ['root', 'tbf', 'rate', `${megabits}mbit`, 'burst', '64kb', 'latency', '50ms']
    const shaped = (await ask(['tc', 'qdisc', 'show', 'dev', device])).includes('tbf')
    if (megabits > 0) await ask(['tc', 'qdisc', 'replace', 'dev', device, ...rule])
    else if (shaped) await ask(['tc', 'qdisc', 'del', 'dev', device, 'root'])
  }
  return {
    cut: async i => {
      await inSwitch(['ip', 'link', 'set', 'dev', `host${i}`, 'down'])
    },
    heal: async i => {
      await inSwitch(['ip', 'link', 'set', 'dev', `host${i}`, 'up'])
    },
    slow: async (i, megabits) => {
      await shape(inSwitch, `host${i}`, megabits)
      await shape(inside(wire(i).pid), 'eth0', megabits)
    },
    block: async (i, j, port) => {
      const receiver = inside(wire(j).pid)
      const table = `from${i}to${port}`
      await receiver(
        ['nft', '-f', '-'],
        [
          `table ip ${table} {`,
          'chain input { type filter hook input priority 0;',
          `ip saddr ${wire(i).address} tcp dport ${port} drop`,
          '}',
          '}',
        ],
      )
      return async () => {
        await receiver(['nft', 'delete', 'table', 'ip', table])
      }
    },
  }
}

type Inside = (argv: readonly string[], input?: readonly string[]) => Promise<string>

/** Runs one of this machine's programs in the network namespace of a process. */
const inside =
  (pid: number): Inside =>
  (argv, input = []) =>
    must(['nsenter', '--target', `${pid}`, '--net', '--', ...argv], {
      input: input.map(line => `${line}\n`).join(''),
    })
