/** How to reach one host: everything resolved, nothing looked up later. */

export type Target = {
  /** what messages call it */
  readonly name: string
  readonly address: string
  readonly port: number
  readonly user: string
  /** what `ssh` would be given for it, for `--transport openssh`; default: the address */
  readonly alias?: string
  /** what the inventory says of it, as options of `ssh`; the rest `ssh` finds in its own configuration */
  readonly sshOptions?: readonly string[]
  /** private key files, tried in order; each must be there */
  readonly identityFiles: readonly string[]
  /** user certificates for them, beside those named KEY-cert.pub */
  readonly certificateFiles?: readonly string[]
  /** offer no key of the agent but those of the files */
  readonly identitiesOnly?: boolean
  /** the agent's socket */
  readonly agent?: string | undefined
  readonly knownHostsFiles: readonly string[]
  /** the name that known_hosts has it by; default: its address */
  readonly knownAs?: string | undefined
  /** write the key of a host that no file knows to the first of the files; a changed key is refused all the same */
  readonly acceptNew?: boolean
  /** the host before this one, reached first */
  readonly jump?: Target | undefined
  /** ms until the host must have let us in */
  readonly connectTimeout: number
  /** ms between two signs of life; lost after `count` without an answer */
  readonly keepalive?: {readonly interval: number; readonly count: number}
  /** what its ssh_config asks for and only `ssh` itself can do */
  readonly needsOpenSsh?: string | undefined
  /** what is said of it makes no way to a host, whatever the transport */
  readonly unusable?: {readonly why: string; readonly mend: string} | undefined
}

/** Two targets with the same key share a connection. */
export const connectionKey = (target: Target): string =>
  JSON.stringify([
    target.user,
    target.address,
    target.port,
    target.identityFiles,
    target.jump && connectionKey(target.jump),
  ])

/** `10.0.0.1`, `[10.0.0.1]:2222` or its HostKeyAlias, as known_hosts has it. */
export const knownHostsName = ({
  address,
  port,
  knownAs,
}: Pick<Target, 'address' | 'port' | 'knownAs'>): string =>
  knownAs ?? (port === 22 ? address : `[${address}]:${port}`)

/** How a target is reached, for people: no keys, no secrets. */
export type Reach = {
  readonly user: string
  readonly address: string
  readonly port: number
  /** hosts it goes through, the first one first */
  readonly through: readonly string[]
  readonly identityFiles: readonly string[]
  readonly agent: boolean
  readonly knownHostsFiles: readonly string[]
  /** ms */
  readonly connectTimeout: number
}

export function reachOf(target: Target): Reach {
  const {user, address, port, identityFiles, agent, knownHostsFiles, connectTimeout} = target
  const through: string[] = []
  for (let {jump} = target; jump; {jump} = jump) through.unshift(jump.name)
  return {
    user,
    address,
    port,
    through,
    identityFiles,
    agent: agent !== undefined,
    knownHostsFiles,
    connectTimeout,
  }
}
