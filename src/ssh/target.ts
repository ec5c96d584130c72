/** How to reach one host: everything resolved, nothing looked up later. */

export type Target = {
  /** what messages call it */
  readonly name: string
  readonly address: string
  readonly port: number
  readonly user: string
  /** private key files, tried in order; without one the agent is asked */
  readonly identityFiles: readonly string[]
  /** the agent's socket */
  readonly agent?: string | undefined
  readonly knownHostsFiles: readonly string[]
  /** the host before this one, reached first */
  readonly jump?: Target | undefined
  /** ms until the host must have let us in */
  readonly connectTimeout: number
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

/** `10.0.0.1` or `[10.0.0.1]:2222`, as known_hosts has it. */
export const knownHostsName = ({address, port}: Pick<Target, 'address' | 'port'>): string =>
  port === 22 ? address : `[${address}]:${port}`
