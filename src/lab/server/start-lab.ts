/**
 * Starts a practice ring in this process: the model, a clock, and one SSH server a host. For tests and for the
 * process that `lab up` leaves behind.
 */
import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {OpsError} from '../../errors.ts'
import type {ClaimSettings} from '../../ring/changes.ts'
import type {BackendName} from '../model/backend.ts'
import {addNode, createPracticeRing, fillWithData, formCluster, settledRing} from '../model/practice-ring.ts'
import type {Counters, LabNode, Timing, World} from '../model/world.ts'
import {advance} from '../model/world.ts'
import {refuseWithoutPrograms} from '../shell/own-programs.ts'
import {argvOf} from '../shell/run-line.ts'
import {answerCommand} from './answer-command.ts'
import {applyFault, type FaultyHost} from './apply-fault.ts'
import {type LabClock, labClock} from './clock.ts'
import {kindOf, type LoggedCommand} from './command-log.ts'
import type {Fault} from './faults.ts'
import {newKeyPair} from './keys.ts'
import {firstLogin, type Logins, newLogins} from './logins.ts'
import {type Place, placesFor} from './places.ts'
import {type IncomingCommand, type SshHost, sshHost} from './ssh-host.ts'

export type LabOptions = {
  /** members of the settled cluster; default 5 */
  readonly nodes?: number
  /** hosts with Riak installed and stopped; default 3 */
  readonly spare?: number
  /** default 64 */
  readonly ring?: number
  /** how much faster than real time; default 20 */
  readonly speed?: number
  /** ms of real time after which the cluster's time stands still until the next command; default: it never does */
  readonly patience?: number
  /** where inventory and keys go; default: a folder that is removed at the end */
  readonly dir?: string
  /** data of each member; default 3e9 */
  readonly bytes?: number
  /** size of each data volume, and what else is on it; defaults 40e9 and 2e9 */
  readonly disk?: {readonly size: number; readonly other: number}
  readonly seed?: number
  /** `127.77.1`; default: any that is free */
  readonly subnet?: string
  /** of all hosts, or of the first one where they share an address; default 2222, or any that is free */
  readonly port?: number
  /** bytes a second of one transfer; default 60e6 */
  readonly rate?: number
  /** ms of real time that every command takes beside what it takes in the cluster's; default 2 */
  readonly delay?: number
  /** locations of the members, in turn */
  readonly locations?: readonly string[]
  readonly claim?: Partial<ClaimSettings>
  readonly timing?: Partial<Timing>
  /** default bitcask, from 3.4 leveled */
  readonly backend?: BackendName
  /** of Riak; default 3.2.3 */
  readonly release?: string
  /** ms since 1970 in the cluster; default: now */
  readonly startAt?: number
  /** other logins, each with a key and an inventory of its own; as root, each user's files are its own */
  readonly colleagues?: readonly string[]
  /** what happens in the ring, a line each */
  readonly note?: (message: string) => void
}

export type LabHost = Place

export type Lab = {
  readonly dir: string
  readonly inventoryFile: string
  readonly knownHostsFile: string
  readonly identityFile: string
  readonly user: string
  /** by login */
  readonly inventories: ReadonlyMap<string, string>
  readonly hosts: readonly LabHost[]
  /** the model, brought up to date */
  readonly world: () => World
  /** the model's node of a host */
  readonly node: (host: string) => LabNode
  readonly speed: number
  /** every command that any host received, in order */
  readonly commands: readonly LoggedCommand[]
  readonly counters: () => Counters
  /** makes something go wrong */
  readonly fault: (fault: Fault) => Promise<void>
  /** calls back right after a command was carried out, before its answer is sent */
  readonly onCommand: (listener: (command: LoggedCommand) => void) => void
  /** lets the cluster's time leap forward, ms */
  readonly skip: (ms: number) => void
  readonly stop: () => Promise<void>
}

const keptCommands = 20_000

export async function startLab(options: LabOptions = {}): Promise<Lab> {
  const {nodes = 5, spare = 3, ring = 64, speed = 20} = options
  refuseWithoutPrograms()
  const logins = newLogins(options.colleagues)
  let sharesAddress = false
  for (let attempt = 0; ; attempt += 1) {
    const places = placesFor({...options, nodes, spare}, sharesAddress)
    const world = practiceWorld(options)
    const clock = labClock(world, speed, options.patience)
    buildCluster(world, places, {...options, ring})
    try {
      return await openHosts({world, clock, places, logins, options})
    } catch (error) {
      const {code} = error as NodeJS.ErrnoException
      const isGiven = (sharesAddress ? options.port : options.subnet) !== undefined
      const mayRetry =
        code === 'EADDRNOTAVAIL' ? !sharesAddress : code === 'EADDRINUSE' && !isGiven && attempt < 5
      if (!mayRetry) throw cannotListen(error as NodeJS.ErrnoException, sharesAddress)
      sharesAddress ||= code === 'EADDRNOTAVAIL'
    }
  }
}

function cannotListen(error: NodeJS.ErrnoException, sharesAddress: boolean): Error {
  if (error.code === 'EADDRINUSE')
    return new OpsError('refused', `another program listens there: ${error.message}`, {
      hint: sharesAddress
        ? 'take any ports that are free: ringup lab up, without --port'
        : 'take other addresses: ringup lab up --subnet 127.77.1',
      cause: error,
    })
  if (error.code === 'EADDRNOTAVAIL')
    return new OpsError('refused', `this machine has no loopback address: ${error.message}`, {
      hint: 'practice hosts listen on 127.0.0.1: bring the loopback interface up',
      cause: error,
    })
  return error
}

function practiceWorld({
  backend,
  release,
  seed = 1,
  rate,
  claim,
  timing,
  startAt = Date.now(),
  note,
}: LabOptions): World {
  return createPracticeRing({
    seed,
    startAt,
    ...(backend === undefined ? {} : {backend}),
    ...(release === undefined ? {} : {release}),
    ...(rate === undefined ? {} : {rate}),
    ...(claim ? {claim} : {}),
    ...(timing ? {timing} : {}),
    ...(note ? {note} : {}),
  })
}

function buildCluster(
  world: World,
  places: readonly Place[],
  {ring, bytes = 3e9, disk = {size: 40e9, other: 2e9}, locations = []}: LabOptions & {ring: number},
): void {
  for (const {node} of places) addNode(world, node, {ringSize: ring, disk})
  const members = places.filter(({isSpare}) => !isSpare).map(({node}) => node)
  const placed = Object.fromEntries(
    members.flatMap((node, at) => {
      const location = locations[at % Math.max(1, locations.length)]
      return location === undefined ? [] : [[node, location]]
    }),
  )
  const cluster = formCluster(world, members, {...settledRing(world, members, ring), locations: placed})
  fillWithData(world, cluster, bytes * members.length)
  advance(world, world.now + 1)
}

type Opening = {
  readonly world: World
  readonly clock: LabClock
  readonly places: readonly Place[]
  readonly logins: Logins
  readonly options: LabOptions
}

type RunningHost = FaultyHost & {readonly place: Place; readonly publicKey: string}

type Mutable<T> = {-readonly [Key in keyof T]: T[Key]}

async function openHosts({world, clock, places, logins, options}: Opening): Promise<Lab> {
  const commands: LoggedCommand[] = []
  const listeners: ((command: LoggedCommand) => void)[] = []
  const ended = new AbortController()
  let dir = options.dir ?? ''
  const hostsFolder = (): string => join(dir, 'hosts')
  const hosts = places.map((place): RunningHost => {
    const key = newKeyPair(place.name)
    const ssh: SshHost = sshHost({
      address: place.address,
      port: place.port,
      hostKey: key.privateKey,
      logins: logins.publicKeys,
      mayForward: (address, port) => places.some(to => to.address === address && to.port === port),
      run: command => void serve(host, command).catch(() => command.cut()),
    })
    const host: RunningHost = {
      name: place.name,
      place,
      node: world.nodes.get(place.node)!,
      ssh,
      publicKey: key.publicKey,
      folder: () => join(hostsFolder(), place.name),
      uidOf: logins.uidOf,
      delay: 0,
      losing: undefined,
      speaking: undefined,
    }
    return host
  })

  const serve = async (host: RunningHost, command: IncomingCommand): Promise<void> => {
    const {line} = command
    const entry: Mutable<LoggedCommand> = {
      at: clock.sync(),
      host: host.name,
      user: command.user,
      connection: command.connection,
      line,
      argv: argvOf(line) ?? [],
      kind: kindOf(line),
      exit: undefined,
      said: '',
    }
    commands.push(entry)
    // one that is watched for days must not grow for ever
    if (commands.length > keptCommands) commands.splice(0, keptCommands / 2)
    const signal = AbortSignal.any([command.signal, ended.signal])
    const answered = clock.attend()
    await answerCommand({world, clock, delay: options.delay ?? 2}, host, command, {
      signal,
      carriedOut: (exit, said) => {
        entry.exit = exit
        entry.said = said
        for (const listener of listeners) listener(entry)
      },
    }).finally(answered)
  }

  const closeAll = async (): Promise<void> => {
    ended.abort()
    await Promise.all(hosts.map(({ssh}) => ssh.close()))
  }
  try {
    for (const {ssh} of hosts) await ssh.listen()
  } catch (error) {
    await closeAll()
    throw error
  }
  dir ||= mkdtempSync(join(tmpdir(), 'ringup-lab-'))
  rmSync(hostsFolder(), {recursive: true, force: true})
  const {first, inventories} = logins.writeFiles(dir, {
    hosts: hosts.map(({place, publicKey, node}) => ({
      ...place,
      publicKey,
      location: node.cluster.ring.locations[node.name],
    })),
  })

  return {
    dir,
    inventoryFile: first.inventory,
    knownHostsFile: first.knownHosts,
    identityFile: first.identity,
    user: firstLogin,
    inventories,
    hosts: places,
    world: () => {
      clock.sync()
      return world
    },
    node: name => {
      clock.sync()
      const host = hosts.find(other => other.name === name)
      if (!host) throw new RangeError(`the practice ring has no host ${name}`)
      return host.node
    },
    speed: clock.speed,
    commands,
    counters: () => {
      clock.sync()
      return {...world.counters}
    },
    fault: async fault => {
      clock.sync()
      await applyFault(world, hosts, fault)
    },
    onCommand: listener => void listeners.push(listener),
    skip: clock.skip,
    stop: async () => {
      await closeAll()
      rmSync(options.dir === undefined ? dir : hostsFolder(), {recursive: true, force: true})
    },
  }
}
