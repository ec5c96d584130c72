/** The machine itself: clock, disk, memory, and the settings that Riak's guides ask for. */
import {formatBytes, formatDuration} from '../units.ts'
import {asRoot, type Check, fail, type HostView, pass, type Subject, skip, warn} from './check.ts'

const tuning = 'Riak: guide to performance tuning'

const clock: Check = {
  id: 'clock',
  title: 'the clock agrees with the cluster',
  source: 'Riak: last writes win by the clocks of the nodes; the limits are ours: 0.5 s and 5 s',
  invariant: false,
  judge: ({facts, world, host}) => {
    const middles = world.members.flatMap(({facts: told, host: name}) =>
      told?.clock && name !== host.host ? [(told.clock.lowest + told.clock.highest) / 2] : [],
    )
    const wanted = `within 0.5 s of the members' median`
    if (middles.length === 0 || !facts.clock) return skip('no member to compare with', wanted)
    const median = middles.sort((a, b) => a - b)[Math.floor(middles.length / 2)]!
    const [lowest, highest] = [facts.clock.lowest - median, facts.clock.highest - median]
    // the least that it can be off: what the way to the host took is not held against it
    const off = lowest > 0 ? lowest : highest < 0 ? -highest : 0
    const found =
      off < 1
        ? `no difference seen (measured to ${formatDuration((highest - lowest) / 2)})`
        : `${formatDuration(off)} ${lowest > 0 ? 'ahead' : 'behind'}`
    const fix = `set the clock, and keep it: ${asRoot(host)}systemctl enable --now chrony`
    if (off >= 5000) return fail(found, wanted, fix)
    return off >= 500 ? warn(found, wanted, fix) : pass(found, wanted)
  },
}

/** Bytes that one partition holds in the mean; undefined where no member's data was measured. */
function partitionBytes({world}: HostView): number | undefined {
  const sized = world.members.filter(({facts}) => facts?.dataBytes !== undefined)
  const bytes = sized.reduce((sum, {facts}) => sum + facts!.dataBytes!, 0)
  const owned = sized.reduce((sum, {node}) => sum + (world.owned.get(node) ?? 0), 0)
  return owned === 0 ? undefined : bytes / owned
}

const records: Check = {
  id: 'records',
  title: 'locks and records of runs can be kept',
  source: 'ringup keeps them on hosts of the cluster, beside each other',
  invariant: true,
  judge: ({host}) => {
    const wanted = '/var/lib/ringup for the team, or /var/tmp'
    const {place} = host
    if (place === undefined) return skip('it was not told', wanted)
    if (place === 'prepared') return pass('in /var/lib/ringup, for the team alone', wanted)
    if (place === 'shared')
      return pass(
        'in /var/tmp, where every login of the host may write, and what is older than 30 days may go',
        wanted,
      )
    const root = asRoot(host)
    return place === 'denied'
      ? fail(
          'your login may not write to /var/lib/ringup',
          wanted,
          onHost(host, `${root}usermod -aG "$(stat -c %G /var/lib/ringup)" "$(id -un)"`),
        )
      : fail(
          '/var/lib/ringup is no folder that the team alone can write to',
          wanted,
          onHost(host, `${root}chmod o-w /var/lib/ringup`),
        )
  },
}

/** A command that works when it is pasted. */
const onHost = ({host}: Subject, line: string): string => `ringup exec ${host} -- sh -c '${line}'`

const disk: Check = {
  id: 'disk',
  title: 'the disk holds what is planned for it',
  source: 'limits.diskPeak of the inventory; Riak: a third more than the share, for merges and hints',
  invariant: true,
  judge: view => {
    const {facts, world, host} = view
    const limit = `at most ${Math.round(world.diskPeak * 100)} % full`
    if (!facts.disk)
      return fail(
        `df of ${facts.dataDir} tells nothing`,
        limit,
        `look at it: df ${facts.dataDir}, on ${host.host}`,
      )
    const {size, free} = facts.disk
    const each = partitionBytes(view)
    const partitions = host.isMember ? 0 : (world.planned.get(host.node) ?? 0)
    const share = (each ?? 0) * partitions
    const peak = (size - free + share) / size
    const percent = (part: number): string => `${Math.round(part * 100)} %`
    const now = `${formatBytes(free)} of ${formatBytes(size)} free`
    const coming =
      each === undefined || partitions === 0
        ? ''
        : `, ${formatBytes(share)} planned (${partitions} partitions): ${percent(peak)} full`
    const wanted = coming === '' ? limit : `${limit}, and ${formatBytes(share * 1.3)} free`
    const fix = 'make room, use a larger disk, or add more hosts at once'
    if (peak > world.diskPeak) return fail(`${now}${coming || `: ${percent(peak)} full`}`, wanted, fix)
    if (free < share * 1.3) return warn(`${now}${coming}`, wanted, fix)
    return pass(`${now}${coming}`, wanted)
  },
}

const smaller = (
  id: string,
  title: string,
  what: string,
  read: (facts: HostView['facts']) => number | undefined,
): Check => ({
  id,
  title,
  source: `Riak: every node gets the same share, so the smallest fills first`,
  invariant: false,
  judge: ({facts, world, host}) => {
    const own = read(facts)
    const others = world.members.flatMap(member => {
      const value = member.facts && member.host !== host.host ? read(member.facts) : undefined
      return value === undefined ? [] : [value]
    })
    if (own === undefined || others.length === 0)
      return skip('nothing to compare with', `no less ${what} than the members have`)
    const least = Math.min(...others)
    const wanted = `${formatBytes(least)}, as the smallest member has`
    // firmware takes a little, and not always the same
    return own < least * 0.95
      ? warn(formatBytes(own), wanted, `give ${host.host} as much ${what} as the members have`)
      : pass(formatBytes(own), wanted)
  },
})

const openFiles: Check = {
  id: 'open-files',
  title: 'enough files can be open',
  source: 'Riak: open files limit, 65536 at least',
  invariant: false,
  judge: ({facts: {openFiles: files}, host}) => {
    const wanted = '65536 or more'
    if (!files) return skip('the host does not tell', wanted)
    const of = {
      node: 'the running node',
      unit: 'the systemd unit',
      login: "the login; Riak's own is not told while it is stopped",
    }[files.of]
    const found = `${files.limit} (${of})`
    return files.limit < 65536
      ? warn(
          found,
          wanted,
          `raise LimitNOFILE of the unit riak, or nofile in /etc/security/limits.d, on ${host.host}`,
        )
      : pass(found, wanted)
  },
}

const unit: Check = {
  id: 'unit',
  title: 'Riak is supervised, and starts when the machine does',
  source: 'Riak: packages bring a unit riak.service',
  invariant: false,
  judge: ({facts: {unit: of, state}, host}) => {
    const wanted = 'riak.service, enabled; a running node inside of it'
    // a machine without systemd, or Riak from no package
    if (!of?.isThere) return undefined
    const again =
      of.restart === 'no' ? '' : `, Restart=${of.restart}: systemd starts it again when it ends by a failure`
    if (state === 'running' && !of.isActive)
      return warn(
        'the node runs outside of its unit, with the limits of whoever started it',
        wanted,
        `when the cluster is at rest: ${asRoot(host)}sh -c '${host.riak.split(' ').at(-1)} stop && systemctl start riak', on ${host.host}`,
      )
    return of.isEnabled
      ? pass(`enabled, ${of.isActive ? 'active' : 'not active'}${again}`, wanted)
      : warn(
          `not enabled: the node stays down when ${host.host} boots`,
          wanted,
          `${asRoot(host)}systemctl enable riak, on ${host.host}`,
        )
  },
}

const swap: Check = {
  id: 'swap',
  title: 'no swapping',
  source: tuning,
  invariant: false,
  judge: ({facts, host}) => {
    const wanted = 'no swap, or vm.swappiness 0 or 1'
    if (facts.swap === undefined) return skip('the host does not tell', wanted)
    if (facts.swap === 0) return pass('no swap', wanted)
    const found = `${formatBytes(facts.swap)} of swap, vm.swappiness ${facts.swappiness ?? '?'}`
    return facts.swappiness !== undefined && facts.swappiness <= 1
      ? pass(found, wanted)
      : warn(found, wanted, `${asRoot(host)}sysctl vm.swappiness=0, and keep it in /etc/sysctl.d`)
  },
}

const hugePages: Check = {
  id: 'thp',
  title: 'no transparent huge pages',
  source: tuning,
  invariant: false,
  judge: ({facts: {hugePages: mode}}) => {
    const wanted = 'never, or madvise'
    if (mode === undefined) return skip('the host does not tell', wanted)
    return mode === 'always'
      ? warn(mode, wanted, 'echo never | sudo tee /sys/kernel/mm/transparent_hugepage/enabled, and keep it')
      : pass(mode, wanted)
  },
}

const mount: Check = {
  id: 'mount',
  title: 'reading does not write',
  source: `${tuning}: noatime`,
  invariant: false,
  judge: ({facts: {mount: of, disk}, host}) => {
    const wanted = 'noatime or relatime, and writable'
    if (!of) return skip('the host does not tell', wanted)
    const found = `${disk?.mountedOn ?? ''} ${of.type} ${of.options.slice(0, 4).join(',')}`.trim()
    if (of.options.includes('ro'))
      return fail(found, wanted, `mount it writable: ${asRoot(host)}mount -o remount,rw ${disk?.mountedOn}`)
    return of.options.includes('noatime') || of.options.includes('relatime')
      ? pass(found, wanted)
      : warn(
          found,
          wanted,
          `${asRoot(host)}mount -o remount,noatime ${disk?.mountedOn}, and keep it in /etc/fstab`,
        )
  },
}

const scheduler: Check = {
  id: 'scheduler',
  title: 'the I/O scheduler suits a database',
  source: tuning,
  invariant: false,
  judge: ({facts: {scheduler: name, mount: of}}) => {
    const wanted = 'none, noop, deadline or mq-deadline'
    if (name === undefined) return skip(`${of?.device ?? 'the volume'} has none that can be seen`, wanted)
    return /^(none|noop|deadline|mq-deadline)$/.test(name)
      ? pass(name, wanted)
      : warn(name, wanted, `set it: echo none > /sys/block/.../queue/scheduler for ${of?.device}`)
  },
}

export const machineChecks: readonly Check[] = [
  clock,
  records,
  disk,
  smaller('disk-size', 'the disk is as large as those of the members', 'disk', ({disk: of}) => of?.size),
  smaller('ram', 'the memory is as large as that of the members', 'memory', ({memory}) => memory),
  openFiles,
  unit,
  swap,
  hugePages,
  mount,
  scheduler,
]
