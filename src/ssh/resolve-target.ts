/** From what the inventory says and what ssh_config adds to a target. The inventory wins; then ssh_config; then defaults. */
import {existsSync, readdirSync, readFileSync} from 'node:fs'
import {basename, dirname, join} from 'node:path'
import {type Line, parse} from 'ssh-config'
import {type ConfigFiles, optionsFor, systemConfig} from './config-file.ts'
import {seconds, wrongNumber} from './config-numbers.ts'
import {wildcard} from './pattern.ts'
import {policyOf} from './policy.ts'
import type {Target} from './target.ts'

/** What is asked for; all that is undefined is left to ssh_config. */
export type Wanted = {
  readonly name: string
  readonly address: string
  readonly user?: string | undefined
  readonly port?: number | undefined
  readonly identityFile?: string | undefined
  readonly knownHostsFile?: string | undefined
  /** `[user@]host[:port]`, the first one first; none: no jump, whatever ssh_config says */
  readonly proxyJump?: readonly string[] | undefined
  /** ms */
  readonly connectTimeout?: number | undefined
  /** an ssh_config instead of the user's and the system's; `none`: no file at all; default: $RINGUP_SSH_CONFIG */
  readonly configFile?: string | undefined
}

/** Whose homes and name it is; no `login`: this uid has no name, so none can be taken for a host that states none. */
export type Who = Pick<ConfigFiles, 'home' | 'includeHome' | 'localUser'> & {
  readonly login: string | undefined
}

export type Surroundings = ConfigFiles & {
  readonly login: string | undefined
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly exists: (file: string) => boolean
}

/** This machine's files, each read and parsed once for all hosts. */
export function hereAndNow(who: Who): Surroundings {
  const files = new Map<string, readonly Line[] | undefined>()
  return {
    read: file => {
      if (!files.has(file)) files.set(file, linesOf(file))
      return files.get(file)
    },
    expand: expanded,
    exists: existsSync,
    ...who,
    environment: process.env,
  }
}

function linesOf(file: string): readonly Line[] | undefined {
  try {
    return parse(readFileSync(file, 'utf8'))
  } catch {
    // as ssh does: a file that cannot be read says nothing
    return undefined
  }
}

const most = {hops: 8}

export function resolveTarget(asked: Wanted, here: Surroundings, hops = 0): Target {
  const {home, localUser, environment} = here
  const wanted = {...asked, configFile: asked.configFile ?? (environment.RINGUP_SSH_CONFIG || undefined)}
  const files =
    wanted.configFile === 'none'
      ? []
      : wanted.configFile === undefined
        ? [join(home, '.ssh', 'config'), systemConfig]
        : [wanted.configFile]
  const {values, undecided} = optionsFor(wanted.address, wanted.user, files, here)
  const first = (key: string): string | undefined => values.get(key)?.[0]
  const user = first('user') ?? here.login ?? localUser
  const port = wanted.port ?? Number(first('port') ?? 22)
  const address = (first('hostname') ?? wanted.address).replaceAll('%h', wanted.address).replaceAll('%%', '%')
  const tokens = (text: string): string =>
    text
      .replace(/%([%dhnpru])/g, (_, token: string) => {
        const meaning = {
          '%': '%',
          d: home,
          h: address,
          n: wanted.address,
          p: String(port),
          r: user,
          u: localUser,
        }
        return meaning[token as keyof typeof meaning]
      })
      .replace(/\$\{(\w+)\}/g, (_, name: string) => environment[name] ?? '')
      .replace(/^~(?=\/|$)/, home)
  const named = (key: string): string[] => (values.get(key) ?? []).filter(file => file !== 'none').map(tokens)
  const {policy, needs} = policyOf(values, tokens)
  const interval = seconds(first('serveraliveinterval'))
  const jump = jumpOf(wanted, first('proxyjump'), values.get('proxycommand')?.join(' '))
  const knownHosts =
    wanted.knownHostsFile === undefined
      ? [
          ...(values.has('userknownhostsfile')
            ? named('userknownhostsfile')
            : ['known_hosts', 'known_hosts2'].map(file => join(home, '.ssh', file))),
          ...(values.has('globalknownhostsfile')
            ? named('globalknownhostsfile')
            : ['/etc/ssh/ssh_known_hosts', '/etc/ssh/ssh_known_hosts2']),
        ]
      : [wanted.knownHostsFile]
  return {
    name: wanted.name,
    alias: wanted.address,
    sshOptions: asOptions(wanted),
    address,
    port,
    user,
    ...credentials(wanted, here, {
      files: values.has('identityfile') ? named('identityfile') : undefined,
      certificates: named('certificatefile'),
      only: first('identitiesonly')?.toLowerCase() === 'yes',
      agent: first('identityagent') && tokens(first('identityagent')!),
    }),
    knownHostsFiles: knownHosts,
    knownAs: first('hostkeyalias'),
    acceptNew: first('stricthostkeychecking')?.toLowerCase() === 'accept-new',
    connectTimeout: wanted.connectTimeout ?? (seconds(first('connecttimeout')) || 10_000),
    ...(interval ? {keepalive: {interval, count: Number(first('serveralivecountmax') ?? 3)}} : {}),
    jump: hops < most.hops ? chain(wanted, jump.steps, here, hops, user) : undefined,
    needsOpenSsh: jump.needs ?? undecided[0] ?? needs,
    unusable: unusable(wanted, here, first, port),
    policy,
  }
}

function unusable(
  {name, configFile = 'none'}: Wanted,
  {login, localUser, read}: Surroundings,
  first: (key: string) => string | undefined,
  port: number,
): Target['unusable'] {
  if (configFile !== 'none' && read(configFile) === undefined)
    return {
      why: `the ssh_config ${configFile} cannot be read`,
      mend: 'name one that can, or none: ssh.configFile in the inventory, or RINGUP_SSH_CONFIG',
    }
  const why = wrongNumber(first, port) ?? first('refuseconnection')
  if (why !== undefined) return {why, mend: 'mend ssh_config, then look: ringup inventory show'}
  if (first('user') !== undefined || login !== undefined) return undefined
  return {
    why: `no login is named for it, and ${localUser} has none on this machine`,
    mend: `set ssh.user in the inventory (for ${name} alone: in its own ssh)`,
  }
}

function asOptions(wanted: Wanted): string[] {
  const {configFile, user, port, identityFile, knownHostsFile, proxyJump} = wanted
  const option = (name: string, value: string): string[] => ['-o', `${name}=${value}`]
  return [
    ...(configFile === undefined ? [] : ['-F', configFile]),
    ...(user === undefined ? [] : option('User', user)),
    ...(port === undefined ? [] : option('Port', String(port))),
    ...(identityFile === undefined
      ? []
      : [...option('IdentityFile', `"${identityFile}"`), ...option('IdentitiesOnly', 'yes')]),
    ...(knownHostsFile === undefined ? [] : option('UserKnownHostsFile', `"${knownHostsFile}"`)),
    ...(proxyJump === undefined ? [] : option('ProxyJump', proxyJump.join(',') || 'none')),
  ]
}

function chain(
  wanted: Wanted,
  steps: readonly string[],
  here: Surroundings,
  hops: number,
  user: string,
): Target | undefined {
  let jump: Target | undefined
  for (const step of steps) {
    const {identityFile, knownHostsFile, connectTimeout, configFile} = wanted
    const hop = hopOf(step)
    const resolved = resolveTarget(
      {
        name: step,
        ...hop,
        identityFile,
        knownHostsFile,
        connectTimeout,
        configFile,
        // only the first of a chain is reached by a way of its own
        ...(jump === undefined ? {} : {proxyJump: []}),
      },
      here,
      hops + 1,
    )
    // what nobody says of a hop is as for the host behind it
    const said = hop.user !== undefined || resolved.user !== here.localUser
    const asBehind = {user, sshOptions: [...(resolved.sshOptions ?? []), '-o', `User=${user}`]}
    jump = {...resolved, ...(said ? {} : asBehind), jump: jump ?? resolved.jump}
  }
  return jump
}

/** `[user@]host[:port]`, `[user@][v6]:port`, `ssh://...` */
function hopOf(step: string): {address: string; user: string | undefined; port: number | undefined} {
  const match = /^(?:ssh:\/\/)?(?:([^@]+)@)?(?:\[([^\]]+)\]|([^:]+|[^:]*:[^:]*:.*))(?::(\d+))?\/?$/.exec(step)
  return {
    user: match?.[1],
    address: match?.[2] ?? match?.[3] ?? step,
    port: match?.[4] === undefined ? undefined : Number(match[4]),
  }
}

/** A ProxyCommand that only says `ssh -W` is a jump; any other needs ssh itself. */
function jumpOf(
  {proxyJump}: Wanted,
  configured: string | undefined,
  command: string | undefined,
): {steps: readonly string[]; needs?: string} {
  if (proxyJump !== undefined) return {steps: proxyJump}
  if (configured !== undefined && configured !== 'none') return {steps: configured.split(',')}
  if (command === undefined || command === 'none' || configured === 'none') return {steps: []}
  const simple =
    /^(?:exec\s+)?(?:\S*\/)?ssh\s+(?:-q\s+)?(?:-W\s*\[?%h\]?:%p\s+(\S+)|(\S+)\s+-W\s*\[?%h\]?:%p)$/.exec(
      command.trim(),
    )
  const step = simple?.[1] ?? simple?.[2]
  return step === undefined || step.startsWith('-') ? {steps: [], needs: 'ProxyCommand'} : {steps: [step]}
}

type Configured = {
  /** undefined: ssh_config names none; empty: it names `none` */
  readonly files: readonly string[] | undefined
  readonly certificates: readonly string[]
  readonly only: boolean
  readonly agent: string | undefined
}

/** The file that the inventory names, and no other; else what ssh_config names; else what ssh tries by itself. */
function credentials(
  {identityFile}: Wanted,
  {environment, exists, home}: Surroundings,
  {files, certificates, only, agent: configured}: Configured,
): Pick<Target, 'identityFiles' | 'certificateFiles' | 'identitiesOnly' | 'agent'> {
  const variable = configured?.startsWith('$') ? environment[configured.slice(1)] : configured
  const agent =
    configured === undefined || configured === 'SSH_AUTH_SOCK'
      ? environment.SSH_AUTH_SOCK
      : configured.toLowerCase() === 'none'
        ? undefined
        : variable
  const shared = {certificateFiles: certificates.filter(exists), ...(agent ? {agent} : {})}
  if (identityFile !== undefined) return {...shared, identityFiles: [identityFile], identitiesOnly: true}
  const usual = ['id_ed25519', 'id_ecdsa', 'id_rsa', 'id_ed25519_sk', 'id_ecdsa_sk'].map(name =>
    join(home, '.ssh', name),
  )
  return {
    ...shared,
    identityFiles: (files ?? usual).filter(exists),
    identitiesOnly: only,
  }
}

/** Names that a pattern stands for; wildcards are followed in the last part, as `config.d/*`. */
function expanded(pattern: string): string[] {
  const name = basename(pattern)
  if (!/[*?]/.test(name)) return [pattern]
  const matches = wildcard(name)
  try {
    return readdirSync(dirname(pattern))
      .filter(file => matches(file) && !file.startsWith('.'))
      .sort()
      .map(file => join(dirname(pattern), file))
  } catch {
    return []
  }
}
