/** What this machine lacks for real Riak nodes: root, Debian's tools, the release, or namespaces. */
import {execFileSync} from 'node:child_process'
import {existsSync} from 'node:fs'
import {askedVersion, releaseFile} from './release.ts'

const packages: Readonly<Record<string, string>> = {
  sshd: 'openssh-server',
  ssh: 'openssh-client',
  ip: 'iproute2',
  nft: 'nftables',
  sudo: 'sudo',
  xz: 'xz-utils',
  'mkfs.ext4': 'e2fsprogs',
  'libsnappy.so.1': 'libsnappy1v5',
  'libzstd.so.1': 'libzstd1',
  'libcrypto.so.3': 'libssl3',
}

/** Why no real Riak can run here, or undefined when it can. */
export function whatIsLacking(version = askedVersion()): string | undefined {
  if (process.platform !== 'linux' || process.arch !== 'x64') return 'Linux on x86-64 is needed'
  if (process.getuid?.() !== 0) return 'root is needed, to make hosts out of namespaces'
  const release = releaseFile(version)
  if (!existsSync(release))
    return `no Riak release at ${release} (RINGUP_RIAK_RELEASE names one, or a folder)`
  const libraries = output(['/sbin/ldconfig', '-p']) ?? ''
  const missing = Object.entries(packages)
    .filter(([name]) => !(name.includes('.so.') ? libraries.includes(name) : onPath(name)))
    .map(([, debian]) => debian)
  if (missing.length > 0) return `missing: apt-get install -y --no-install-recommends ${missing.join(' ')}`
  if (output([...'unshare --fork --pid --mount --net --uts --ipc true'.split(' ')]) === undefined)
    return 'this machine does not let root make namespaces'
  return undefined
}

const onPath = (name: string): boolean =>
  ['/usr/sbin', '/usr/bin', '/sbin', '/bin'].some(folder => existsSync(`${folder}/${name}`))

function output([program, ...args]: readonly string[]): string | undefined {
  try {
    return execFileSync(program!, args, {encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore']})
  } catch {
    return undefined
  }
}
