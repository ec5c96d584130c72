/**
 * What lies on a host before it starts: a small root folder with accounts for sshd and for the operator, and Riak's
 * configuration. This machine's own accounts and settings are neither changed nor shown to the host.
 */
import {chmodSync, chownSync, cpSync, existsSync, mkdirSync, symlinkSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {must} from './command.ts'
import {advancedConfig, type NodeSettings, riakConf} from './riak-config.ts'

export const login = 'riakops'
const loginId = 1000
/** somebody else, who may do as much */
export const colleague = 'colleague'
const colleagueId = 1001

/** Programs find each other by these; nothing in them is particular to this machine. */
const taken = ['alternatives', 'ld.so.cache', 'localtime', 'pam.conf', 'pam.d', 'security', 'services']

/**
 * Writes a host's root folder with a host key of its own; returns the key's public half, as known_hosts has it.
 * @param authorizedKey public key that lets the operator in
 */
export async function writeHost(
  root: string,
  name: string,
  authorizedKey: string,
  settings: NodeSettings,
): Promise<string> {
  const write = (path: string, text: string, mode = 0o644): void => {
    const file = join(root, path)
    mkdirSync(dirname(file), {recursive: true})
    writeFileSync(file, text)
    chmodSync(file, mode)
  }
  const mountPoints = ['dev', 'old', 'proc', 'sys', 'usr', 'var/lib/riak']
  const folders = [
    'home',
    `home/${login}`,
    `home/${colleague}`,
    'opt/riak/data',
    'opt/riak/log',
    'root',
    'run/sshd',
    'var/log',
  ]
  for (const folder of [...mountPoints, ...folders, 'tmp', 'var/tmp'])
    mkdirSync(join(root, folder), {recursive: true})
  for (const folder of ['tmp', 'var/tmp']) chmodSync(join(root, folder), 0o1777)
  chownSync(join(root, 'home', login), loginId, loginId)
  chownSync(join(root, 'home', colleague), colleagueId, colleagueId)
  for (const folder of ['bin', 'lib', 'lib64', 'sbin']) symlinkSync(`usr/${folder}`, join(root, folder))
  for (const path of taken)
    if (existsSync(`/etc/${path}`))
      cpSync(`/etc/${path}`, join(root, 'etc', path), {recursive: true, verbatimSymlinks: true})
  write('etc/hostname', `${name}\n`)
  write('etc/hosts', `127.0.0.1 localhost\n${settings.address} ${name}\n`)
  write('etc/nsswitch.conf', 'passwd: files\ngroup: files\nshadow: files\nhosts: files\n')
  write('etc/passwd', passwd)
  write(
    'etc/group',
    `root:x:0:\ntty:x:5:\n${login}:x:${loginId}:\n${colleague}:x:${colleagueId}:\nnogroup:x:65534:\n`,
  )
  write(
    'etc/shadow',
    `root:*:19000::::::\nsshd:*:19000::::::\n${login}:*:19000::::::\n${colleague}:*:19000::::::\n`,
    0o600,
  )
  write('etc/sudoers', sudoers, 0o440)
  write('etc/ssh/sshd_config', sshdConfig)
  write('etc/ssh/authorized_keys', authorizedKey)
  write('opt/riak/etc/riak.conf', riakConf(settings))
  write('opt/riak/etc/advanced.config', advancedConfig(settings))
  const key = await newKey(join(root, 'etc/ssh/ssh_host_ed25519_key'), name)
  return key.split(' ').slice(0, 2).join(' ')
}

const passwd = `root:x:0:0:root:/root:/bin/bash
sshd:x:100:65534::/run/sshd:/usr/sbin/nologin
${login}:x:${loginId}:${loginId}::/home/${login}:/bin/bash
${colleague}:x:${colleagueId}:${colleagueId}::/home/${colleague}:/bin/bash
nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
`

const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

const sudoers = `Defaults env_reset
Defaults secure_path="${path}"
root ALL=(ALL:ALL) ALL
${login} ALL=(root) NOPASSWD: ALL
${colleague} ALL=(root) NOPASSWD: ALL
`

const sshdConfig = `Port 22
HostKey /etc/ssh/ssh_host_ed25519_key
AuthorizedKeysFile /etc/ssh/authorized_keys
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin no
UsePAM no
PrintMotd no
Subsystem sftp internal-sftp
`

/** Makes a pair of SSH keys; returns the public half. */
export async function newKey(file: string, comment: string): Promise<string> {
  await must(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', comment, '-f', file])
  return must(['cat', `${file}.pub`])
}

/** An empty file system of a size, that the host mounts for Riak's data. */
export async function makeVolume(file: string, megabytes: number): Promise<void> {
  await must(['truncate', '-s', `${megabytes}M`, file])
  await must(['mkfs.ext4', '-q', '-m', '0', '-F', file])
}
