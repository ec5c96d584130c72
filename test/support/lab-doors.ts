/** Ways to the hosts of a practice ring that runs in the test's own process, by ringup's own SSH. */
import type {Lab} from '../../src/lab/server/start-lab.ts'
import type {Door} from '../../src/riak/door.ts'
import {openPool, type Pool} from '../../src/ssh/pool.ts'
import type {Target} from '../../src/ssh/target.ts'

export type LabDoors = {
  readonly pool: Pool
  readonly target: (host: string, change?: Partial<Target>) => Target
  readonly door: (host: string, change?: Partial<Door>) => Door
  readonly close: () => void
}

export function labDoors(lab: Lab): LabDoors {
  const pool = openPool()
  const hostOf = (name: string) => lab.hosts.find(host => host.name === name)!
  const target = (name: string, change: Partial<Target> = {}): Target => ({
    name,
    address: hostOf(name).address,
    port: hostOf(name).port,
    user: lab.user,
    identityFiles: [lab.identityFile],
    knownHostsFiles: [lab.knownHostsFile],
    connectTimeout: 30_000,
    ...change,
  })
  return {
    pool,
    target,
    door: (name, change = {}) => ({
      host: name,
      node: hostOf(name).node,
      riak: ['sudo', 'riak'],
      eval: true,
      dataDir: '/var/lib/riak',
      ask: (argv, options) => pool.exec(target(name), argv, options),
      ...change,
    }),
    close: pool.close,
  }
}
