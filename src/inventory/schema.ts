/**
 * What an inventory file may say: the one source of its types, its messages and its JSON Schema. It describes the
 * file as written; `resolve.ts` turns it into hosts with everything filled in.
 */
import * as z from 'zod'
import {locationPattern, longestLocation, longestNodeName} from '../names.ts'
import {parseBytes, parseDuration} from '../units.ts'
import {mostHosts} from './ranges.ts'

const map = <T extends z.ZodRawShape>(shape: T) =>
  z.strictObject(shape, {
    error: issue => (issue.code === 'invalid_type' ? 'a map of settings is expected' : undefined),
  })

const text = (what: string, most = 4096) =>
  z
    .string({error: `${what} is expected`})
    .min(1, `${what} is expected`)
    .max(most, `no more than ${most} characters are expected`)

const duration = z
  .string({error: 'a duration with a unit is expected, as 10s, 5m or 6h'})
  .regex(/^\s*\d+(\.\d+)?\s*(ms|s|m|min|h|d)\s*$/, 'a duration with a unit is expected, as 10s, 5m or 6h')
  .refine(value => parseDuration(value) !== 0, 'a duration above zero is expected')
  .refine(value => parseDuration(value) !== undefined, 'a duration of ten years at most is expected')

const size = z
  .string({error: 'a size with a unit is expected, as 500GB or 1TB'})
  .regex(/^\s*\d+(\.\d+)?\s*([KMGTP]i?)?B\s*$/, 'a size with a unit is expected, as 500GB or 1TB')
  .refine(value => parseBytes(value) !== undefined, 'a size with a unit is expected, as 500GB or 1TB')

const percent = z
  .string({error: 'a percentage is expected, as 80%'})
  .regex(/^\s*(\d{1,2}(\.\d+)?|100)\s*%\s*$/, 'a percentage from 0% to 100% is expected')

const whole = (least: number, most: number) => {
  const error = `a whole number from ${least} to ${most} is expected`
  return z.number({error}).int(error).min(least, error).max(most, error)
}

const flag = z.boolean({error: 'true or false is expected'})

const ssh = map({
  user: text('a user name')
    .regex(/^(?!-)[^\s\p{Cc}@:]+$/u, 'a user name is expected')
    .optional()
    .describe('login on the hosts'),
  port: whole(1, 65_535).optional().describe('default: as ssh_config says, else 22'),
  identityFile: text('a file')
    .optional()
    .describe(
      'the private key, and no other; default: as ssh_config says, else the agent and the usual files',
    ),
  knownHostsFile: text('a file').optional().describe('default: as ssh_config says, else ~/.ssh/known_hosts'),
  proxyJump: z
    .array(
      text('[user@]host[:port]')
        .regex(/^[A-Za-z0-9_.@:[\]-]+$/, '[user@]host[:port] is expected')
        .regex(/^[^-]/, '[user@]host[:port] is expected'),
      {error: 'a list of [user@]host[:port] is expected'},
    )
    .optional()
    .describe('hosts to go through, the first one first; [] for none, whatever ssh_config says'),
  configFile: text('a file')
    .optional()
    .describe(
      'an ssh_config instead of ~/.ssh/config and /etc/ssh/ssh_config; none: read no such file; default: as RINGUP_SSH_CONFIG says',
    ),
  concurrency: whole(1, 512).optional().describe('hosts that are connected to at once, default 64'),
  connectTimeout: duration
    .optional()
    .describe('until a host must have let us in; default: as ssh_config says, else 10s'),
})

const riak = map({
  command: text('a command')
    .regex(/^[\w./][\w./@%+=:,-]*( +[\w./@%+=:,-]+)*$/, 'plain words are expected, as: sudo riak')
    .optional()
    .describe('how to call riak on a host, default: sudo riak'),
  nodeName: text('a node name', longestNodeName)
    .optional()
    .describe('{name} and {address} are filled in; default riak@{address}'),
  dataDir: text('a folder')
    .startsWith('/', 'an absolute path is expected')
    .regex(/^[^\p{Cc}\p{Cs}]+$/u, 'a path without control characters is expected')
    .optional()
    .describe('default /var/lib/riak'),
  eval: flag.optional().describe('false: never use `riak eval`, read text commands only'),
  service: z
    .union([z.enum(['systemd', 'riak']), z.array(text('a word').regex(/^[\w./@%+=:,-]+$/)).min(1)], {
      error: 'systemd, riak or a list of words, as [sudo, service, riak], is expected',
    })
    .optional()
    .describe(
      'what starts a node: systemd (its unit riak.service), riak itself, or a command that takes the word start; default: systemd where that unit is',
    ),
})

const host = map({
  name: text('a name', 200)
    .regex(
      /^(?![._-])[A-Za-z0-9._-]*(\[\d+-\d+\])?[A-Za-z0-9._-]*$/,
      'letters, digits, ".", "_" and "-" are expected, and at most one range as in r[02-11]',
    )
    .describe('short name, or a range as r[02-11]'),
  address: text('an address', 255)
    .regex(
      /^(?![._-])[A-Za-z0-9.:_-]*(\[\d+-\d+\])?[A-Za-z0-9.:_-]*$/,
      'an IP address or a host name is expected, and at most one range as in 10.0.0.[12-21]',
    )
    .describe('address or host name, or a range of as many as the names'),
  location: text('a location', longestLocation)
    .regex(locationPattern, 'a location without control characters, not beginning with -, is expected')
    .optional()
    .describe('rack or zone, as Riak knows it'),
  state: z
    .enum(['spare'], {error: 'only "spare" is known: a host that waits to join'})
    .optional()
    .describe('spare: waits to join, is never asked about the cluster'),
  ssh: ssh.omit({concurrency: true}).optional(),
  riak: riak.optional(),
})

export const inventorySchema = map({
  version: z.literal(1, {error: 'only 1 is known'}),
  cluster: text('a name', 100)
    .regex(/^[^\p{Cc}\p{Cs}]+$/u, 'a name without control characters is expected')
    .describe('what the cluster is called in reports, and typed to confirm'),
  ssh: ssh.optional(),
  riak: riak.optional(),
  limits: map({
    diskPeak: percent.optional().describe('no disk may get fuller than this while data moves, default 80%'),
    transferLimit: z
      .strictObject({min: whole(0, 256).optional(), max: whole(1, 256).optional()})
      .optional()
      .describe('bounds for handoff_concurrency'),
  }).optional(),
  growth: map({
    perDay: whole(1, 100).optional().describe('nodes a day'),
    until: whole(1, 1000).optional().describe('nodes in the end'),
    ingestPerDay: size.optional().describe('new data a day, before replication'),
    window: z
      .string({error: 'hours of a day are expected, as 22:00-06:00'})
      .regex(
        /^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$/,
        'hours of a day are expected, as 22:00-06:00',
      )
      .optional()
      .describe('when a batch may begin, local time'),
    approvals: whole(1, 10)
      .optional()
      .describe(
        'logins that must stand behind a plan before it is applied, the one that applies it among them',
      ),
    reason: z
      .enum(['required'], {error: 'only "required" is known: every change needs --reason'})
      .optional()
      .describe('required: every change needs --reason'),
  }).optional(),
  hosts: z
    .array(host, {error: 'a list of hosts is expected'})
    .min(1, 'at least one host is expected')
    .max(mostHosts, `no more than ${mostHosts} hosts are expected`),
})

export type InventoryFile = z.infer<typeof inventorySchema>
export type HostEntry = InventoryFile['hosts'][number]

/** JSON Schema (2020-12) of the file, for editors. */
export const inventoryJsonSchema = (): object => ({
  title: 'ringup inventory',
  ...z.toJSONSchema(inventorySchema, {target: 'draft-2020-12'}),
})
