/**
 * Debian machines on this one: each boots its own systemd, with sshd and sudo, from one image and a disk layer of its own, in
 * a network namespace on one bridge. They are powered off by the id of their first process; `down` removes all there was.
 * The image is made once by debootstrap, outside of the project: `RINGUP_DEBIAN_IMAGE`, by default ~/.cache/bare-hosts/debian-12.
 */
import {type ChildProcess, execFileSync, spawn} from 'node:child_process'
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import {homedir, tmpdir} from 'node:os'
import {join} from 'node:path'
import {eventually, must, type Ran, run} from './command.ts'

const debianImage = process.env.RINGUP_DEBIAN_IMAGE || join(homedir(), '.cache/bare-hosts/debian-12')

/** Why no machine can be booted here, or undefined. */
export const machinesMissing = (): string | undefined =>
  process.getuid?.() !== 0
    ? 'root is needed'
    : !existsSync(debianImage)
      ? `no image at ${debianImage}: debootstrap makes one (RINGUP_DEBIAN_IMAGE)`
      : existsSync('/usr/bin/systemd-nspawn')
        ? undefined
        : 'missing: apt-get install -y systemd-container'

export type Machine = {
  /** `m1` */
  readonly name: string
  readonly address: string
  /** its files, seen from outside */
  readonly root: string
}

export type Machines = {
  readonly all: readonly Machine[]
  readonly identity: string
  readonly knownHosts: string
  readonly user: string
  /** Runs a line as the login `ops`. */
  readonly ssh: (at: number, line: string) => Promise<Ran>
  /** The power cord is pulled, and put in again. */
  readonly cut: (at: number) => Promise<void>
  readonly on: (at: number) => Promise<void>
  readonly down: () => Promise<void>
}

const sh = (line: string): void =>
  void execFileSync('sh', ['-ec', line], {stdio: ['ignore', 'ignore', 'pipe']})

/** What may not have been made is not missed. */
function attempt(line: string): void {
  try {
    sh(line)
  } catch {}
}

/** @param install is given each machine's root before it boots for the first time */
export async function bootMachines(count: number, install: (machine: Machine) => void): Promise<Machines> {
  const dir = mkdtempSync(join(tmpdir(), 'ringup-machines-'))
  // others may have some as well
  const id = process.pid % 250
  const [bridge, net] = [`rmb${id}`, `10.80.${id}`]
  const user = 'ops'
  const [identity, knownHosts] = [join(dir, 'id'), join(dir, 'known_hosts')]
  const running = new Map<number, ChildProcess>()
  const all = Array.from({length: count}, (_, at): Machine => {
    const name = `m${at + 1}`
    return {name, address: `${net}.${11 + at}`, root: join(dir, name, 'root')}
  })
  const space = (at: number): string => `rm${id}-${at + 1}`

  const boot = (at: number): void => {
    const {name, root} = all[at]!
    // left by a machine whose power was cut
    rmSync(`/run/systemd/nspawn/propagate/${name}`, {recursive: true, force: true})
    const child = spawn(
      'systemd-nspawn',
      [
        '--quiet',
        '--register=no',
        '--keep-unit',
        '--console=pipe',
        `--machine=${name}`,
        `--directory=${root}`,
        `--network-namespace-path=/run/netns/${space(at)}`,
        '--capability=CAP_SYS_RESOURCE',
        '--boot',
      ],
      {stdio: ['ignore', 'ignore', 'ignore'], detached: true},
    )
    running.set(at, child)
  }
  const cut = async (at: number): Promise<void> => {
    const child = running.get(at)
    running.delete(at)
    if (child?.pid === undefined || child.exitCode !== null) return
    const ended = new Promise(resolve => child.once('exit', resolve))
    // with a machine's first process all of its processes end
    const first = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim().split(' ')
    for (const pid of [...first.map(Number), child.pid])
      try {
        if (pid > 0) process.kill(pid, 'SIGKILL')
      } catch {
        // it has ended
      }
    await ended
  }
  const argv = (at: number): string[] => [
    ...['ssh', '-F', 'none', '-i', identity, '-o', `UserKnownHostsFile=${knownHosts}`, '-o', 'BatchMode=yes'],
    ...['-o', 'ConnectTimeout=3', `${user}@${all[at]!.address}`],
  ]
  const up = (at: number): Promise<unknown> =>
    eventually(`${all[at]!.name} to let us in`, {timeout: 60_000, interval: 300}, async () =>
      (await run([...argv(at), 'true'])).code === 0 ? true : undefined,
    )
  const down = async (): Promise<void> => {
    await Promise.all([...running.keys()].map(cut))
    for (const [at, {root}] of all.entries()) {
      attempt(`umount -R ${root}`)
      attempt(`ip netns del ${space(at)}`)
    }
    attempt(`ip link del ${bridge}`)
    rmSync(dir, {recursive: true, force: true})
  }

  try {
    sh(`ssh-keygen -q -t ed25519 -N '' -f ${identity}`)
    writeFileSync(knownHosts, '')
    sh(`ip link add ${bridge} type bridge; ip addr add ${net}.1/24 dev ${bridge}; ip link set ${bridge} up`)
    for (const [at, machine] of all.entries()) {
      const {name, address, root} = machine
      const own = join(dir, name)
      for (const part of ['upper', 'work', 'root']) mkdirSync(join(own, part), {recursive: true})
      sh(
        `mount -t overlay overlay -o lowerdir=${debianImage},upperdir=${own}/upper,workdir=${own}/work ${root}`,
      )
      writeFileSync(join(root, 'etc/hostname'), `${name}\n`)
      writeFileSync(
        join(root, 'etc/hosts'),
        `127.0.0.1 localhost\n${all.map(other => `${other.address} ${other.name}\n`).join('')}`,
      )
      sh(
        `rm -f ${root}/etc/ssh/ssh_host_*; ssh-keygen -q -t ed25519 -N '' -f ${root}/etc/ssh/ssh_host_ed25519_key`,
      )
      const key = readFileSync(join(root, 'etc/ssh/ssh_host_ed25519_key.pub'), 'utf8').split(' ')
      appendFileSync(knownHosts, `${address} ${key.slice(0, 2).join(' ')}\n`)
      sh(`chroot ${root} useradd -m -s /bin/bash ${user}
mkdir -p ${root}/home/${user}/.ssh
cp ${identity}.pub ${root}/home/${user}/.ssh/authorized_keys
chroot ${root} chown -R ${user}:${user} /home/${user}
echo '${user} ALL=(ALL) NOPASSWD: ALL' > ${root}/etc/sudoers.d/${user}
chmod 440 ${root}/etc/sudoers.d/${user}
ip netns add ${space(at)}
ip link add rmv${id}-${at + 1} type veth peer name eth0 netns ${space(at)}
ip link set rmv${id}-${at + 1} master ${bridge} up
ip -n ${space(at)} addr add ${address}/24 dev eth0
ip -n ${space(at)} link set eth0 up
ip -n ${space(at)} link set lo up`)
      install(machine)
      boot(at)
    }
    await Promise.all(all.map((_, at) => up(at)))
  } catch (error) {
    await down()
    throw error
  }
  return {
    all,
    identity,
    knownHosts,
    user,
    ssh: (at, line) => run([...argv(at), line]),
    cut,
    on: async at => {
      boot(at)
      await up(at)
    },
    down,
  }
}

/** A Debian package of a release as the official ones lay it out, made from an unpacked release. */
export async function makePackage(release: string, folder: string): Promise<string> {
  const root = join(folder, 'package')
  const file = join(folder, 'riak_3.2.3-1_amd64.deb')
  sh(`mkdir -p ${root}/DEBIAN ${root}/usr/lib ${root}/usr/sbin ${root}/lib/systemd/system ${root}/etc/riak ${root}/var/lib/riak ${root}/var/log/riak
cp -a ${release} ${root}/usr/lib/riak
rm -rf ${root}/usr/lib/riak/etc ${root}/usr/lib/riak/data ${root}/usr/lib/riak/log
cp ${release}/etc/* ${root}/etc/riak/
ln -s /etc/riak ${root}/usr/lib/riak/etc
ln -s /var/log/riak ${root}/usr/lib/riak/log
ln -s /var/lib/riak ${root}/usr/lib/riak/data`)
  const write = (path: string, text: string, mode = 0o644): void =>
    writeFileSync(join(root, path), text, {mode})
  write(
    'DEBIAN/control',
    'Package: riak\nVersion: 3.2.3-1\nArchitecture: amd64\nMaintainer: ringup <ops@example.net>\nDepends: sudo, libssl3, libsnappy1v5, libzstd1\nDescription: Riak, packaged by a test\n',
  )
  write('DEBIAN/conffiles', '/etc/riak/riak.conf\n/etc/riak/advanced.config\n')
  write(
    'DEBIAN/postinst',
    `#!/bin/sh
set -e
getent passwd riak >/dev/null || adduser --system --group --home /var/lib/riak --shell /bin/sh --no-create-home riak
mkdir -p /usr/lib/riak/generated.conf
chown -R riak:riak /var/lib/riak /var/log/riak /etc/riak /usr/lib/riak/generated.conf
# it links what it has made of riak.conf there
chown riak:riak /usr/lib/riak
systemctl daemon-reload 2>/dev/null || true
systemctl enable riak.service 2>/dev/null || true
`,
    0o755,
  )
  write(
    'usr/sbin/riak',
    '#!/bin/sh\n[ "$(id -un)" = riak ] || exec sudo -H -E -u riak -- /usr/lib/riak/bin/riak "$@"\nexec /usr/lib/riak/bin/riak "$@"\n',
    0o755,
  )
  write(
    'lib/systemd/system/riak.service',
    `[Unit]
Description=Riak
After=network.target

[Service]
User=riak
Environment=HOME=/var/lib/riak TERM=dumb
ExecStart=/usr/lib/riak/bin/riak foreground
LimitNOFILE=262144
Restart=no
TimeoutStopSec=60

[Install]
WantedBy=multi-user.target
`,
  )
  await must(['dpkg-deb', '--build', '--root-owner-group', '-Znone', root, file])
  rmSync(root, {recursive: true})
  return file
}
