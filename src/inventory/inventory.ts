/** The ring you want, with every default filled in: what the rest of ringup sees of an inventory file. */

export type Inventory = {
  /** as given on the command line */
  readonly file: string
  readonly cluster: string
  readonly hosts: readonly Host[]
  /** hosts that are connected to at once */
  readonly concurrency: number
  readonly limits: {
    /** share of a disk, 0 to 1, that must not be exceeded while data moves */
    readonly diskPeak: number
    readonly transferLimit: {readonly min: number; readonly max: number}
  }
  readonly growth: {
    /** nodes a day */
    readonly perDay?: number
    /** nodes in the end */
    readonly until?: number
    /** bytes of new data a day, before replication */
    readonly ingestPerDay?: number
    /** `22:00-06:00`, local time */
    readonly window?: string
    /** logins that must stand behind a plan, the one that applies it among them */
    readonly approvals?: number
    readonly reason?: 'required'
  }
}

export type Host = {
  readonly name: string
  readonly address: string
  /** `riak@10.20.0.11` */
  readonly node: string
  readonly location?: string
  /** waits to join and is never asked about the cluster */
  readonly spare: boolean
  /** what is not said is left to ssh_config, and then to ssh's defaults */
  readonly ssh: {
    readonly user?: string
    readonly port?: number
    readonly identityFile?: string
    readonly knownHostsFile?: string
    /** `[user@]host[:port]`, the first one first; empty: none, whatever ssh_config says */
    readonly proxyJump?: readonly string[]
    /** ms */
    readonly connectTimeout?: number
    /** an ssh_config, or `none` */
    readonly configFile?: string
  }
  readonly riak: {
    /** words of the command, as `['sudo', 'riak']` */
    readonly command: readonly string[]
    readonly dataDir: string
    readonly eval: boolean
    /** what starts a node: undefined where a unit of systemd is to be looked for */
    readonly service?: 'systemd' | 'riak' | readonly string[]
  }
}

/** Something wrong with an inventory file, at a place in it. */
export type Problem = {
  readonly file: string
  /** from 1; 0 when the problem has no place in the file */
  readonly line: number
  readonly column: number
  /** stable, for scripts: `syntax`, `unknown-key`, `value`, `duplicate`, `range`, `node-name`, `unreadable` */
  readonly code: string
  readonly message: string
  readonly suggestion?: string
}
